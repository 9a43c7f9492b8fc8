import { vjp } from '../../../autodiff.ts';
import { ShapeError } from '../../../errors.ts';
import { formatShape } from '../../../graph/dtype.ts';
import { bool, zeros } from '../../../graph/ndarray.ts';
import { constant, customGradient, type Tensor } from '../../../graph/tensor.ts';
import { concat, expandDims, flip, slice, squeeze, transpose } from '../../../ops/index.ts';
import { FusedGru, FusedLstm, FusedRnn } from '../../../ops/recurrent-fused.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { reversedSteps } from '../operators/lookups.ts';
import type { Translators } from '../node/translator.ts';
import { RECURRENT_ACTIVATIONS, unrolled, type Layer, type Pass, type RecurrentKind } from './unrolled.ts';

/**
 * Recurrent layers. ONNX Runtime's fused operators compute them, but have no gradient. The gradient is that of the same layer, unrolled step by
 * step. Layers that the fused operators do not support are unrolled from the start.
 */
export const recurrents: Translators = {
  LSTM: (node) => recurrent(node, 'LSTM'),
  GRU: (node) => recurrent(node, 'GRU'),
  RNN: (node) => recurrent(node, 'RNN'),
};

const FUSED = { LSTM: FusedLstm, GRU: FusedGru, RNN: FusedRnn };
const DEFAULTS = { LSTM: ['Sigmoid', 'Tanh', 'Tanh'], GRU: ['Sigmoid', 'Tanh'], RNN: ['Tanh'] };

/** Longer sequences would unroll into too many nodes. */
const MAX_STEPS = 4096;

function recurrent(node: ImportedNode, kind: RecurrentKind): readonly Tensor[] {
  const batchFirst = node.int('layout', 0) === 1;
  const swapped = (x: Tensor): Tensor =>
    batchFirst ? transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]) : x;
  const x = swapped(node.input(0));
  const [w, r] = [node.input(1), node.input(2)];
  const direction = node.choice('direction', 'forward', 'reverse', 'bidirectional');
  const units = node.int('hidden_size', r.dimension(-1));
  const directions = direction === 'bidirectional' ? 2 : 1;
  const [steps, batch] = [x.dimension(0), x.dimension(1)];
  const state = (index: number): Tensor =>
    node.has(index) ? swapped(node.input(index)) : constant(zeros([directions, batch, units], 'float32'));
  const layer: Layer = {
    kind,
    units,
    activations: activationsOf(node, kind, directions),
    clip: node.optionalFloat('clip'),
    linearBeforeReset: kind === 'GRU' && node.int('linear_before_reset', 0) !== 0,
    inputForget: kind === 'LSTM' && node.int('input_forget', 0) !== 0,
    lengths: lengthsOf(node, steps, batch),
  };
  const isPlain = layer.clip === undefined && !layer.inputForget && layer.lengths === undefined;
  const isFused =
    isPlain && layer.activations.every((name, i) => name === DEFAULTS[kind][i % DEFAULTS[kind].length]);
  const states = kind === 'LSTM' ? [state(5), state(6)] : [state(5)];
  const optional = [node.optional(3), kind === 'LSTM' ? node.optional(7) : undefined];
  const written = (): readonly Tensor[] => {
    if (steps > MAX_STEPS)
      throw new ShapeError(`${kind}: ${steps} steps are too many to differentiate, ${MAX_STEPS} at most`);
    const passes = Array.from({ length: directions }, (_, i): Pass => ({
      x,
      w: part(w, i),
      r: part(r, i),
      bias: optional[0] && part(optional[0], i),
      peepholes: optional[1] && part(optional[1], i),
      states: states.map((initial) => part(initial, i)),
      backwards: direction === 'reverse' || i === 1,
    }));
    return joined(passes.map((pass) => directed(layer, pass)));
  };
  // The fused operator checks the shapes, even if it is not used.
  const attributes = { hidden_size: units, direction, linear_before_reset: Number(layer.linearBeforeReset) };
  // States that are left out stay left out.
  const initial = (kind === 'LSTM' ? [5, 6] : [5]).map((index, i) =>
    node.has(index) ? states[i] : undefined,
  );
  const given = [x, w, r, optional[0], undefined, ...initial, optional[1]];
  const fused = FUSED[kind].applyAll(given as never, attributes);
  const outputs = isFused ? withGradient(kind, given, fused, written) : written();
  return batchFirst
    ? outputs.map((output) => (output.rank === 4 ? transpose(output, [2, 0, 1, 3]) : swapped(output)))
    : outputs;
}

// The gradient of the fused operator is that of the same computation, unrolled.
function withGradient(
  name: string,
  given: readonly (Tensor | undefined)[],
  fused: readonly Tensor[],
  written: () => readonly Tensor[],
): readonly Tensor[] {
  const inputs = given.filter((tensor) => tensor !== undefined);
  return customGradient(name, inputs, fused, (dys) => {
    const used = written().flatMap((output, i) => (dys[i] === undefined ? [] : [[output, dys[i]] as const]));
    return vjp(
      used.map(([output]) => output),
      used.map(([, dy]) => dy),
      inputs,
    );
  });
}

function activationsOf(node: ImportedNode, kind: RecurrentKind, directions: number): readonly string[] {
  const names = node.texts('activations');
  const [alpha, beta] = [node.floats('activation_alpha') ?? [], node.floats('activation_beta') ?? []];
  if (names === undefined) return Array.from({ length: directions }, () => DEFAULTS[kind]).flat();
  const known = names.map(
    (name) =>
      [...RECURRENT_ACTIVATIONS.keys()].find((other) => other.toLowerCase() === name.toLowerCase()) ??
      node.fail(`has the activation "${name}", which the engine does not have`),
  );
  const wanted = directions * DEFAULTS[kind].length;
  if (known.length < wanted) node.fail(`has ${known.length} activations, expected ${wanted}`);
  const hasParameters = known.some(
    (name) => !['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'Softplus'].includes(name),
  );
  if (hasParameters && alpha.length + beta.length > 0)
    node.fail('gives its activations parameters, which the engine does not support');
  return known.slice(0, wanted); // the default of an RNN has those of two directions
}

// Lengths equal to the whole sequence need no handling.
function lengthsOf(node: ImportedNode, steps: number, batch: number): readonly number[] | undefined {
  const lengths = node.integers(4, 'the lengths of its sequences');
  if (lengths === undefined) return undefined;
  if (lengths.length !== batch || lengths.some((length) => length < 0 || length > steps))
    node.fail(`has the lengths [${lengths.join(', ')}], expected ${batch} whole numbers from 0 to ${steps}`);
  return lengths.every((length) => length === steps) ? undefined : lengths;
}

function part(x: Tensor, direction: number): Tensor {
  const size = x.dimension(0);
  if (direction >= size) throw new ShapeError(`${formatShape(x.shape)} does not have two directions`);
  return size === 1 ? squeeze(x, [0]) : squeeze(slice(x, [direction], [direction + 1]), [0]);
}

function directed(layer: Layer, pass: Pass): readonly Tensor[] {
  const [steps, batch] = [pass.x.dimension(0), pass.x.dimension(1)];
  const { lengths } = layer;
  const turned = (x: Tensor): Tensor =>
    !pass.backwards ? x : lengths === undefined ? flip(x, [0]) : reversedSteps(x, lengths);
  const isRunning =
    lengths &&
    Array.from({ length: steps }, (_, step) =>
      constant(
        bool(
          Uint8Array.from(lengths, (length) => Number(step < length)),
          [batch, 1],
        ),
      ),
    );
  const { sequence, states } = unrolled(layer, { ...pass, x: turned(pass.x) }, isRunning);
  return [expandDims(turned(sequence), [1]), ...states.map((state) => expandDims(state, [0]))];
}

// Sequences [steps, directions, batch, units], states [directions, batch, units]
function joined(passes: readonly (readonly Tensor[])[]): readonly Tensor[] {
  const [first = []] = passes;
  return first.map((_, output) =>
    concat(
      passes.flatMap((pass) => pass[output] ?? []),
      output === 0 ? 1 : 0,
    ),
  );
}
