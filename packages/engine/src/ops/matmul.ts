import { ShapeError } from '../errors.ts';
import { formatShape } from '../graph/dtype.ts';
import { defineOperator, floatAttribute, intAttribute } from '../graph/operator.ts';
import { broadcastShapes, requireDType } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';
import { mul } from './arithmetic.ts';
import { sumTo } from './broadcast.ts';
import { matrixTranspose, reshape } from './shape.ts';

export const MatMul = defineOperator({
  type: 'MatMul',
  attributes: {},
  infer: ([a, b]: readonly [Tensor, Tensor]) => {
    requireDType('MatMul', a, 'float32');
    requireDType('MatMul', b, 'float32');
    if (a.rank < 2 || b.rank < 2 || a.dimension(-1) !== b.dimension(-2)) {
      throw new ShapeError(
        `MatMul: ${formatShape(a.shape)} times ${formatShape(b.shape)}: expected [..., m, k] times [..., k, n]`,
      );
    }
    const batch = broadcastShapes('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ dtype: a.dtype, shape: [...batch, a.dimension(-2), b.dimension(-1)] }];
  },
  gradient: ([dy], { inputs: [a, b] }) => [matmulGradientLeft(dy, a, b), matmulGradientRight(dy, a, b)],
});

// dA = dY · Bᵀ
function matmulGradientLeft(dy: Tensor, a: Tensor, b: Tensor): Tensor {
  if (a.rank === 2 && b.rank === 2) return gemm(dy, b, { transB: true });
  return sumTo(matmul(dy, matrixTranspose(b)), a.shape);
}

// dB = Aᵀ · dY. A batch times one matrix is one product of tall matrices, cheaper than many and a sum.
function matmulGradientRight(dy: Tensor, a: Tensor, b: Tensor): Tensor {
  if (b.rank === 2) {
    const rows = reshape(a, [-1, a.dimension(-1)]);
    return gemm(rows, reshape(dy, [-1, dy.dimension(-1)]), { transA: true });
  }
  return sumTo(matmul(matrixTranspose(a), dy), b.shape);
}

/** Matrix product `[..., m, k] · [..., k, n] -> [..., m, n]`; leading dimensions broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return MatMul.apply([a, b], {});
}

export const Gemm = defineOperator({
  type: 'Gemm',
  attributes: {
    alpha: floatAttribute(1),
    beta: floatAttribute(1),
    transA: intAttribute(0),
    transB: intAttribute(0),
  },
  infer: ([a, b, c]: readonly [Tensor, Tensor, (Tensor | undefined)?], { transA, transB }) => {
    requireDType('Gemm', a, 'float32');
    requireDType('Gemm', b, 'float32');
    const fits = a.rank === 2 && b.rank === 2 && a.dimension(transA ? 0 : 1) === b.dimension(transB ? 1 : 0);
    if (!fits) {
      const given = `${formatShape(a.shape)}${transA ? 'ᵀ' : ''} times ${formatShape(b.shape)}${transB ? 'ᵀ' : ''}`;
      throw new ShapeError(`Gemm: ${given}: expected [m, k] times [k, n]`);
    }
    const shape = [a.dimension(transA ? 1 : 0), b.dimension(transB ? 0 : 1)];
    if (c !== undefined) broadcastShapes('Gemm', shape, c.shape);
    return [{ dtype: a.dtype, shape }];
  },
  gradient: ([dy], { inputs: [a, b, c], attributes: { alpha, beta, transA, transB } }) => {
    const [ta, tb] = [transA === 1, transB === 1];
    const da = ta ? gemm(b, dy, { transA: tb, transB: true, alpha }) : gemm(dy, b, { transB: !tb, alpha });
    const db = tb ? gemm(dy, a, { transA: true, transB: ta, alpha }) : gemm(a, dy, { transA: !ta, alpha });
    return [da, db, c && sumTo(beta === 1 ? dy : mul(dy, beta), c.shape)];
  },
});

export interface GemmOptions {
  /** Use the transpose of a. */
  readonly transA?: boolean;
  /** Use the transpose of b. */
  readonly transB?: boolean;
  /** Factor of the product (default 1). */
  readonly alpha?: number;
  /** Added to the product; broadcasts to `[m, n]`. */
  readonly bias?: Tensor | undefined;
}

/** alpha · a · b + bias for matrices, each transposed on request: `[m, k] · [k, n] -> [m, n]`. */
export function gemm(a: Tensor, b: Tensor, options: GemmOptions = {}): Tensor {
  const { transA = false, transB = false, alpha = 1, bias } = options;
  return Gemm.apply([a, b, bias], { alpha, beta: 1, transA: Number(transA), transB: Number(transB) });
}
