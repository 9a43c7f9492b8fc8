import { describe, expect, it } from 'vitest';
import { dependence, grad, valueAndGrad, vjp } from './autodiff.ts';
import { GradientError, ShapeError } from './errors.ts';
import { Graph } from './graph/graph.ts';
import { float32 } from './graph/ndarray.ts';
import { defineOperator } from './graph/operator.ts';
import { constant, customGradient, input, type Tensor } from './graph/tensor.ts';
import { add, mul, pow, reduceSum, relu, stopGradient, tanh } from './ops/index.ts';
import { compile } from './session.ts';

async function valueOf(tensor: Tensor, x: number): Promise<number> {
  const session = await compile({ y: add(tensor, 0) }, { threads: 1 });
  const { y } = await session.run(session.inputs.has('x') ? { x: float32([x], []) } : {});
  return Number(y.data[0]);
}

const x = input('x', []);

describe('grad', () => {
  it('adds up the gradients of all uses of a tensor: d (x² + 3x) / dx = 2x + 3', async () => {
    const [dx] = grad(add(mul(x, x), mul(x, 3)), [x]) as [Tensor];
    expect(await valueOf(dx, 5)).toBe(13);
  });

  it('can be differentiated again, and again: x⁴ has 4x³, 12x², 24x', async () => {
    let y = pow(x, 4);
    const derivatives: number[] = [];
    for (let order = 0; order < 3; order++) {
      [y] = grad(y, [x]) as [Tensor];
      derivatives.push(await valueOf(y, 2));
    }
    expect(derivatives).toEqual([32, 48, 48]);
  });

  it('is zeros for a tensor that the loss does not depend on', async () => {
    const other = input('other', [2, 3]);
    const [dx, dOther] = grad(mul(x, 2), [x, other]) as [Tensor, Tensor];
    expect(dOther.shape).toEqual([2, 3]);
    expect(await valueOf(reduceSum(dOther), 0)).toBe(0);
    expect(await valueOf(dx, 0)).toBe(2);
  });

  it('does not flow through stopGradient', async () => {
    const [dx] = grad(mul(x, stopGradient(x)), [x]) as [Tensor];
    expect(await valueOf(dx, 7)).toBe(7);
  });

  it('can be taken with respect to any tensor in between, also the loss itself', async () => {
    const y = mul(x, 3);
    const loss = mul(y, y);
    const [dy, dloss] = grad(loss, [y, loss]) as [Tensor, Tensor];
    expect(await valueOf(dy, 2)).toBe(12);
    expect(await valueOf(dloss, 2)).toBe(1);
  });

  it('computes only what is needed: the gradient of one input does not compute that of another', () => {
    const [a, b] = [input('a', [2, 2]), input('b', [2, 2])];
    const [da] = grad(reduceSum(mul(a, tanh(b))), [a]) as [Tensor];
    const types = new Graph({ da }).nodes.map(({ operator }) => operator.type);
    expect(types.filter((type) => type === 'Mul')).toHaveLength(1);
  });

  it('passes to rules which inputs need a gradient, so that they do not build the others', () => {
    const asked: (readonly boolean[])[] = [];
    const Sum = defineOperator({
      type: 'Sum',
      attributes: {},
      infer: ([t]: readonly [Tensor, Tensor, Tensor]) => [{ dtype: t.dtype, shape: t.shape }],
      gradient: ([dy], { wanted }) => {
        asked.push(wanted);
        return [dy, dy, dy];
      },
    });
    const [a, fixed] = [input('a', []), constant(3)];
    const sum = Sum.apply([tanh(a), fixed, x], {});
    grad(sum, [a]);
    grad(sum, [x, fixed]);
    expect(asked).toEqual([
      [true, false, false],
      [false, true, true],
    ]);
  });

  it('refuses a loss that is no float32 scalar', () => {
    expect(() => grad(input('v', [3]), [])).toThrow(ShapeError);
    expect(() => grad(input('n', [], 'int64'), [])).toThrow(/float32 scalar/);
  });

  it('refuses an operator without a rule, and names it and the path to the tensor', () => {
    const Softsign = defineOperator({
      type: 'Softsign',
      attributes: {},
      infer: ([t]: readonly [Tensor]) => [{ dtype: t.dtype, shape: t.shape }],
    });
    const loss = reduceSum(mul(Softsign.apply([relu(tanh(x))], {}), 2));
    expect(() => grad(loss, [x])).toThrow(GradientError);
    expect(() => grad(loss, [x])).toThrow(
      'operator Softsign has no gradient rule; it is between the loss and Relu <- Tanh <- input "x"',
    );
    expect(() => grad(add(loss, x), [input('elsewhere', [])])).not.toThrow();
  });

  it('refuses a gradient of another shape from a rule', () => {
    const wrong = (y: Tensor) => customGradient('wrong', [y], [y], () => [constant(float32([1, 2]))])[0]!;
    expect(() => grad(wrong(x), [x])).toThrow(
      /wrong: its gradient rule gave \[2\] for an input of shape \[\]/,
    );
  });
});

describe('valueAndGrad and vjp', () => {
  it('valueAndGrad gives the loss beside its gradients', async () => {
    const { value, gradients } = valueAndGrad(mul(x, x), [x]);
    expect(await valueOf(value, 3)).toBe(9);
    expect(await valueOf(gradients[0]!, 3)).toBe(6);
  });

  it('vjp weights the outputs: 2 · d(x²) + 10 · d(3x)', async () => {
    const [dx] = vjp([mul(x, x), mul(x, 3)], [constant(2), constant(10)], [x]) as [Tensor];
    expect(await valueOf(dx, 1)).toBe(34);
  });
});

describe('dependence', () => {
  it('says which tensors are computed from another, through any operator and at any depth', () => {
    const picture = input('picture', [2]);
    const other = input('other', [2]);
    const table = relu(mul(other, constant(float32([1, 2]))));
    const sees = dependence(picture);
    expect(sees(picture)).toBe(true);
    expect(sees(table)).toBe(false);
    expect(sees(stopGradient(add(table, tanh(picture))))).toBe(true);
    let deep: Tensor = picture;
    for (let i = 0; i < 20_000; i++) deep = add(deep, table);
    expect(sees(deep)).toBe(true);
    expect(sees(other)).toBe(false);
  });
});
