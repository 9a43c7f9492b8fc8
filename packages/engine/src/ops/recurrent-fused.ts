import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, type Shape } from '../graph/dtype.ts';
import { zeros } from '../graph/ndarray.ts';
import { defineOperator, intAttribute, stringAttribute } from '../graph/operator.ts';
import { requireDType } from '../graph/shapes.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { oneHot } from './indexing.ts';
import type { RecurrentInput, RecurrentOutput, RecurrentWeights } from './recurrent.ts';
import { concat, expandDims, split, squeeze, transpose } from './shape.ts';

// Missing optional inputs are `undefined`: B, sequence_lens, initial_h, initial_c and P.
type RecurrentInputs = readonly [x: Tensor, w: Tensor, r: Tensor, ...(Tensor | undefined)[]];

interface RecurrentAttributes {
  readonly hidden_size: number;
  readonly direction: string;
}

function inferRecurrent(type: string, gates: number, states: number) {
  return ([x, w, r, ...others]: RecurrentInputs, { hidden_size: units, direction }: RecurrentAttributes) => {
    for (const tensor of [x, w, r]) requireDType(type, tensor, 'float32');
    const [steps = 0, batch = 0, features = 0] = x.shape;
    const directions = direction === 'bidirectional' ? 2 : 1;
    const state = [directions, batch, units];
    const expected: readonly (readonly [string, Tensor | undefined, Shape])[] = [
      ['X', x, [steps, batch, features]],
      ['W', w, [directions, gates * units, features]],
      ['R', r, [directions, gates * units, units]],
      ['B', others[0], [directions, 2 * gates * units]],
      ['initial_h', others[2], state],
      ['initial_c', states > 1 ? others[3] : undefined, state],
      ['P', states > 1 ? others[4] : undefined, [directions, 3 * units]],
    ];
    for (const [name, tensor, shape] of expected) {
      if (tensor !== undefined && !sameShape(tensor.shape, shape)) {
        throw new ShapeError(
          `${type}: ${name} is ${formatShape(tensor.shape)}, expected ${formatShape(shape)} for ${units} units, ${direction}`,
        );
      }
    }
    const dtype = 'float32' as const;
    return [
      { dtype, shape: [steps, directions, batch, units] },
      ...Array.from({ length: states }, () => ({ dtype, shape: state })),
    ];
  };
}

/**
 * ONNX's LSTM of 1 or 2 directions: W `[directions, 4 · units, features]`, R `[directions, 4 · units, units]`, B `[directions, 8 · units]`,
 * gates i, o, f, c.
 */
export const FusedLstm = defineOperator({
  type: 'LSTM',
  attributes: { hidden_size: intAttribute(), direction: stringAttribute('forward') },
  infer: inferRecurrent('LSTM', 4, 2),
});

/**
 * ONNX's GRU of 1 or 2 directions: W `[directions, 3 · units, features]`, R `[directions, 3 · units, units]`, B `[directions, 6 · units]`,
 * gates z, r, h.
 */
export const FusedGru = defineOperator({
  type: 'GRU',
  attributes: {
    hidden_size: intAttribute(),
    direction: stringAttribute('forward'),
    linear_before_reset: intAttribute(0),
  },
  infer: inferRecurrent('GRU', 3, 1),
});

/**
 * ONNX's simple recurrent layer, tanh(x Wᵀ + h Rᵀ + b): W `[directions, units, features]`, R `[directions, units, units]`, B `[directions,
 * 2 · units]`.
 */
export const FusedRnn = defineOperator({
  type: 'RNN',
  attributes: { hidden_size: intAttribute(), direction: stringAttribute('forward') },
  infer: inferRecurrent('RNN', 1, 1),
});

/**
 * The LSTM of {@link unrolledLstm} by ONNX Runtime's fused operator: the same values, faster, without a gradient.
 * @param initialState h and c, each `[batch, units]` (default zeros)
 */
export function lstmInference(
  x: RecurrentInput,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  initialState?: readonly [h: Tensor, c: Tensor],
): RecurrentOutput<readonly [h: Tensor, c: Tensor]> {
  const units = recurrentKernel.dimension(0);
  const inputs = [
    vectorsOf(x),
    onnxWeights(kernel, units),
    onnxWeights(recurrentKernel, units),
    expandDims(concat([reorderGates(bias, units), constant(zeros([4 * units], 'float32'))], 0), [0]),
    undefined,
    ...(initialState?.map((state) => expandDims(state, [0])) ?? []),
  ] as unknown as RecurrentInputs;
  const [y, h, c] = FusedLstm.applyAll(inputs, { hidden_size: units, direction: 'forward' }) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return { sequence: squeeze(y, [1]), state: [squeeze(h, [0]), squeeze(c, [0])] };
}

function vectorsOf(x: RecurrentInput): Tensor {
  return 'tokens' in x ? oneHot(x.tokens, x.depth) : x;
}

// Keras' [features, i f c o] to ONNX's [1, i o f c, features]
function onnxWeights(kernel: Tensor, units: number): Tensor {
  return expandDims(reorderGates(transpose(kernel), units), [0]);
}

function reorderGates(gates: Tensor, units: number): Tensor {
  const [i, f, c, o] = split(gates, [units, units, units, units], 0) as [Tensor, Tensor, Tensor, Tensor];
  return concat([i, o, f, c], 0);
}

/**
 * The GRU of {@link unrolledGru} by ONNX Runtime's fused operator: the same values, faster, without a gradient.
 * @param recurrentBias `[3 · units]`
 * @param initialState h `[batch, units]` (default zeros)
 */
export function gruInference(
  x: RecurrentInput,
  { kernel, recurrentKernel, bias, recurrentBias }: RecurrentWeights & { readonly recurrentBias: Tensor },
  initialState?: readonly [h: Tensor],
): RecurrentOutput<readonly [h: Tensor]> {
  const units = recurrentKernel.dimension(0);
  const inputs = [
    vectorsOf(x),
    expandDims(transpose(kernel), [0]),
    expandDims(transpose(recurrentKernel), [0]),
    expandDims(concat([bias, recurrentBias], 0), [0]),
    undefined,
    ...(initialState?.map((state) => expandDims(state, [0])) ?? []),
  ] as unknown as RecurrentInputs;
  const attributes = { hidden_size: units, direction: 'forward', linear_before_reset: 1 };
  const [y, h] = FusedGru.applyAll(inputs, attributes) as [Tensor, Tensor];
  return { sequence: squeeze(y, [1]), state: [squeeze(h, [0])] };
}
