import { ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../graph/dtype.ts';
import { applyOperator, intAttribute, intsAttribute, type Operator } from '../graph/operator.ts';
import { input, type Tensor } from '../graph/tensor.ts';

/** What a scan reads. */
export interface ScanInputs {
  /** Values that each step replaces; here those before the first step. */
  readonly states: readonly Tensor[];
  /** `[steps, ...]`: each step reads its slice, without the first axis. */
  readonly sequences: readonly Tensor[];
  /** Values that all steps read as they are. */
  readonly shared: readonly Tensor[];
  /** Whether the steps run from the last slice to the first (default false). */
  readonly reverse?: boolean;
}

/** What a step computes. */
export interface ScanStep {
  /** The new states, of the same shapes. */
  readonly states: readonly Tensor[];
  /** Slices of the resulting sequences. */
  readonly slices: readonly Tensor[];
}

/**
 * Runs the same computation for each step of sequences: ONNX's Scan. The graph contains it once, so compiling it takes the same time for any
 * number of steps. It has no gradient rule: use it within
 * `customGradient`.
 * @param step builds the computation of one step from the states before it, slices and shared values. It must read nothing else but
 *   constants.
 * @returns the last states, and the sequences `[steps, ...]` of all slices, each at the place of the slice that its step read
 * @throws ShapeError when sequences have different numbers of steps, or a state changes its shape
 * @example
 * // running sums
 * const { states, sequences } = scan(
 *   { states: [zero], sequences: [x], shared: [] },
 *   ([sum], [value]) => {
 *     const next = add(sum!, value!);
 *     return { states: [next], slices: [next] };
 *   },
 * );
 */
export function scan(
  { states, sequences, shared, reverse = false }: ScanInputs,
  step: (states: readonly Tensor[], slices: readonly Tensor[], shared: readonly Tensor[]) => ScanStep,
): { readonly states: readonly Tensor[]; readonly sequences: readonly Tensor[] } {
  const [steps] = sequences.map((sequence) => sequence.dimension(0));
  if (steps === undefined || sequences.some((sequence) => sequence.dimension(0) !== steps))
    throw new ShapeError(
      `scan: expected sequences of the same number of steps, got ${sequences.map(({ shape }) => formatShape(shape)).join(', ')}`,
    );
  const stand = (what: string, tensors: readonly Tensor[], axes: number): Tensor[] =>
    tensors.map(({ shape, dtype }, i) => input(`${what} ${i}`, shape.slice(axes), dtype));
  const before = stand('state', states, 0);
  const slices = stand('slice', sequences, 1);
  const outer = stand('shared', shared, 0);
  const built = step(before, slices, outer);
  if (built.states.length !== states.length || built.states.some((state, i) => !isLike(state, states[i]!)))
    throw new ShapeError(
      `scan: states ${states.map(String).join(', ')} became ${built.states.map(String).join(', ')}; a step must keep dtypes and shapes`,
    );
  const directions = (count: number): number[] => Array.from({ length: count }, () => Number(reverse));
  const operator: Operator = {
    type: 'Scan',
    attributes: {
      num_scan_inputs: intAttribute(),
      scan_input_directions: intsAttribute(),
      scan_output_directions: intsAttribute(),
    },
    body: {
      inputs: [...before, ...slices],
      shared: outer,
      outputs: [...built.states, ...built.slices],
    },
    infer: () => [
      ...states.map(({ dtype, shape }) => ({ dtype, shape })),
      ...built.slices.map(({ dtype, shape }) => ({ dtype, shape: [steps, ...shape] })),
    ],
  };
  const outputs = applyOperator(operator, [...states, ...sequences, ...shared], {
    num_scan_inputs: sequences.length,
    scan_input_directions: directions(sequences.length),
    scan_output_directions: directions(built.slices.length),
  });
  return { states: outputs.slice(0, states.length), sequences: outputs.slice(states.length) };
}

function isLike(a: Tensor, b: Tensor): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}
