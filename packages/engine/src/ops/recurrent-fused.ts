import { ShapeError } from '../errors.ts';
import { formatShape } from '../graph/dtype.ts';
import { zeros } from '../graph/ndarray.ts';
import { defineOperator, intAttribute, stringAttribute } from '../graph/operator.ts';
import { requireDType } from '../graph/shapes.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { oneHot } from './indexing.ts';
import type { RecurrentInput, RecurrentOutput, RecurrentWeights } from './recurrent.ts';
import { concat, expandDims, split, squeeze, transpose } from './shape.ts';

// Missing optional inputs are `undefined`: B, sequence_lens, initial_h and initial_c.
type RecurrentInputs = readonly [x: Tensor, w: Tensor, r: Tensor, ...(Tensor | undefined)[]];

function inferRecurrent(type: string, gates: number, states: number) {
  return ([x, w, r]: RecurrentInputs, attributes: { readonly hidden_size: number }) => {
    requireDType(type, x, 'float32');
    const units = attributes.hidden_size;
    const [steps = 0, batch = 0, features = 0] = x.shape;
    const fits =
      x.rank === 3 &&
      formatShape(w.shape) === formatShape([1, gates * units, features]) &&
      formatShape(r.shape) === formatShape([1, gates * units, units]);
    if (!fits) {
      throw new ShapeError(
        `${type}: input ${formatShape(x.shape)}, W ${formatShape(w.shape)} and R ${formatShape(r.shape)} do not fit ${units} units`,
      );
    }
    const dtype = 'float32' as const;
    const state = { dtype, shape: [1, batch, units] };
    return [{ dtype, shape: [steps, 1, batch, units] }, ...Array.from({ length: states }, () => state)];
  };
}

/** ONNX's LSTM: W `[1, 4 · units, features]`, R `[1, 4 · units, units]`, B `[1, 8 · units]`, gate order i, o, f, c. */
export const FusedLstm = defineOperator({
  type: 'LSTM',
  attributes: { hidden_size: intAttribute(), direction: stringAttribute('forward') },
  infer: inferRecurrent('LSTM', 4, 2),
});

/** ONNX's GRU: W `[1, 3 · units, features]`, R `[1, 3 · units, units]`, B `[1, 6 · units]`, gate order z, r, h. */
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
 * The LSTM of {@link lstm} by ONNX Runtime's fused operator: the same numbers, faster, without a gradient.
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
 * The GRU of {@link gru} by ONNX Runtime's fused operator: the same numbers, faster, without a gradient.
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
