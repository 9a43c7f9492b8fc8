import { customGradient, type Tensor } from '../graph/tensor.ts';
import { add, sub } from './arithmetic.ts';
import { gather } from './indexing.ts';
import { matmul } from './matmul.ts';
import {
  checkLayer,
  layerGradients,
  layerInputs,
  zeroState,
  type RecurrentInput,
  type RecurrentOutput,
  type RecurrentWeights,
} from './recurrent-layer.ts';
import { gruStep, gruStepGradients, lstmStep, lstmStepGradients } from './recurrent-steps.ts';
import { reduceSum } from './reduction.ts';
import { scan } from './scan.ts';
import { concat, expandDims, matrixTranspose, reshape, slice } from './shape.ts';

type Four<T> = [T, T, T, T];

/**
 * The LSTM of {@link unrolledLstm} with each step once in the graph: the same values, and the same gradients up to rounding. So it is compiled in
 * the same time for any number of steps. Its gradient cannot be differentiated again.
 * @param initialState h and c, each `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not match
 */
export function scannedLstm(
  x: RecurrentInput,
  weights: RecurrentWeights,
  initialState?: readonly [h: Tensor, c: Tensor],
): RecurrentOutput<readonly [h: Tensor, c: Tensor]> {
  const { batch, units } = checkLayer('lstm', 4, x, weights, initialState ?? []);
  const { recurrentKernel } = weights;
  const zero = zeroState(batch, units);
  const [h0, c0] = initialState ?? [zero, zero];
  const { sequence: read, shared, project } = projection(x, weights);

  const forward = scan(
    { states: [h0, c0], sequences: [read], shared: [recurrentKernel, ...shared] },
    ([before, cBefore], [each], [kernel, ...others]) => {
      const { c, ...values } = lstmStep(project(each!, others), kernel!, before!, cBefore!);
      const { i, f, g, o, kept, written, squashed, h } = values;
      return { states: [h, c], slices: [h, i, f, g, o, kept, written, squashed] };
    },
  );
  const [h, c] = forward.states as [Tensor, Tensor];
  const [sequence, ...values] = forward.sequences as [Tensor, ...Tensor[]];
  const inputs = [...layerInputs(x, weights), h0, c0];
  const outputs = customGradient('lstm', inputs, [sequence, h, c], ([dSequence, dh = zero, dc = zero]) => {
    const backward = scan(
      {
        states: [dh, dc],
        sequences: [sequence, ...values, ...(dSequence ? [dSequence] : [])],
        shared: [matrixTranspose(recurrentKernel)],
        reverse: true,
      },
      ([dhNow, dcNow], slices, [transposed]) => {
        const [hOfStep, i, f, g] = slices as Four<Tensor>;
        const [o, kept, written, squashed] = slices.slice(4) as Four<Tensor>;
        const dOutput = slices[8];
        const step = { i, f, g, o, kept, written, squashed, h: hOfStep };
        const back = lstmStepGradients(step, transposed!, dOutput ? add(dhNow!, dOutput) : dhNow!, dcNow);
        return { states: [withoutTiny(back.dh), withoutTiny(back.dc)], slices: [back.gates] };
      },
    );
    const dRows = rowsOf(backward.sequences[0]!);
    return [...layerGradients(x, weights, befores(h0, sequence), dRows, dRows), ...backward.states];
  });
  const [y, hLast, cLast] = outputs as [Tensor, Tensor, Tensor];
  return { sequence: y, state: [hLast, cLast] };
}

/**
 * The GRU of {@link unrolledGru} with each step once in the graph: the same values, and the same gradients up to rounding. So it is compiled in
 * the same time for any number of steps. Its gradient cannot be differentiated again.
 * @param weights with `recurrentBias` `[3 · units]`
 * @param initialState h `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not match
 */
export function scannedGru(
  x: RecurrentInput,
  weights: RecurrentWeights & { readonly recurrentBias: Tensor },
  initialState?: readonly [h: Tensor],
): RecurrentOutput<readonly [h: Tensor]> {
  const { batch, units } = checkLayer('gru', 3, x, weights, initialState ?? []);
  const { recurrentKernel, recurrentBias } = weights;
  const zero = zeroState(batch, units);
  const [h0] = initialState ?? [zero];
  const { sequence: read, shared, project } = projection(x, weights);

  const forward = scan(
    { states: [h0], sequences: [read], shared: [recurrentKernel, recurrentBias, ...shared] },
    ([before], [each], [kernel, bias, ...others]) => {
      const { z, r, g, reset, update, h } = gruStep(project(each!, others), kernel!, bias!, before!);
      return { states: [h], slices: [h, z, r, g, reset, update] };
    },
  );
  const h = forward.states[0]!;
  const [sequence, ...values] = forward.sequences as [Tensor, ...Tensor[]];
  const inputs = [...layerInputs(x, weights), recurrentBias, h0];
  const outputs = customGradient('gru', inputs, [sequence, h], ([dSequence, dh = zero]) => {
    const backward = scan(
      {
        states: [dh],
        sequences: [...values, ...(dSequence ? [dSequence] : [])],
        shared: [matrixTranspose(recurrentKernel)],
        reverse: true,
      },
      ([dhNow], slices, [transposed]) => {
        const [z, r, g, reset] = slices as Four<Tensor>;
        const [update, dOutput] = slices.slice(4) as [Tensor, Tensor | undefined];
        const dhOfStep = dOutput ? add(dhNow!, dOutput) : dhNow!;
        const back = gruStepGradients({ z, r, g, reset, update }, transposed!, dhOfStep);
        return { states: [withoutTiny(back.dh)], slices: [back.dProjected, back.dRecurrent] };
      },
    );
    const [dProjected, dRecurrent] = backward.sequences.map(rowsOf) as [Tensor, Tensor];
    return [
      ...layerGradients(x, weights, befores(h0, sequence), dProjected, dRecurrent),
      reduceSum(dRecurrent, [0]),
      ...backward.states,
    ];
  });
  const [y, hLast] = outputs as [Tensor, Tensor];
  return { sequence: y, state: [hLast] };
}

// A sum with it is a multiple of 2⁻⁸³, if it is not larger itself.
const OFFSET = 2 ** -60;

/**
 * Rounds small elements to multiples of 2⁻⁸³, about 1e-25, and leaves others as they are. Gradients that nothing adds to become smaller with
 * each step back, down to numbers below 1e-38, with which processors compute up to a hundred times slower. Long before, they no longer
 * change any weight. Two sums are cheaper than a comparison.
 */
function withoutTiny(gradient: Tensor): Tensor {
  return sub(add(gradient, OFFSET), OFFSET);
}

/**
 * x W + b of a step, which does not depend on the state: of vectors all steps together, of tokens by a lookup in the step, because the values
 * of all steps would be large.
 */
function projection(
  x: RecurrentInput,
  { kernel, bias }: RecurrentWeights,
): {
  readonly sequence: Tensor;
  readonly shared: readonly Tensor[];
  readonly project: (slice: Tensor, shared: readonly Tensor[]) => Tensor;
} {
  if ('tokens' in x) {
    const project = (tokens: Tensor, [rows]: readonly Tensor[]): Tensor => gather(rows!, tokens);
    return { sequence: x.tokens, shared: [add(kernel, bias)], project };
  }
  return { sequence: add(matmul(x, kernel), bias), shared: [], project: (projected) => projected };
}

// [steps, batch, ...] as [steps · batch, ...]
function rowsOf(sequence: Tensor): Tensor {
  return reshape(sequence, [-1, sequence.dimension(2)]);
}

// h before each step, [steps · batch, units].
function befores(h0: Tensor, sequence: Tensor): Tensor {
  const steps = sequence.dimension(0);
  const first = expandDims(h0, [0]);
  return rowsOf(steps === 1 ? first : concat([first, slice(sequence, [0], [steps - 1], [0])], 0));
}
