import { grad } from '../autodiff.ts';
import { sizeOf } from '../graph/dtype.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { inputReplacer } from '../graph/replace-inputs.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { concat, reshape, split } from '../ops/shape.ts';
import type { Feeds } from '../session.ts';
import type { SessionOptions } from '../runtime/runtime.ts';
import { compileTrainingStep, type TrainingState } from '../training-step.ts';
import { clipGradients, type NamedTensors, type Optimizer } from './optimizer.ts';

export interface TrainerOptions<Name extends string> extends SessionOptions {
  /** float32 scalar to be minimised. */
  readonly loss: Tensor;
  /** The trained tensors: graph inputs whose values are in the state, by name. */
  readonly parameters: NamedTensors;
  readonly optimizer: Optimizer;
  /** Must contain the parameters and the optimiser's slots (`initialSlots`). */
  readonly state: TrainingState;
  /** The reported values of a step. */
  readonly outputs: Readonly<Record<Name, Tensor>>;
  /** New values of further variables of the state, for example `parameters.updates` of batch normalisation. */
  readonly updates?: NamedTensors | undefined;
  /** Number of the first step, when training continues from a checkpoint (default 0). */
  readonly firstStep?: number | undefined;
}

/** A compiled training loop body: each step computes loss and gradients and updates the parameters in one run. */
export interface Trainer<Name extends string> {
  /** Number of completed steps, which is the index of the next step. */
  readonly stepCount: number;
  /** Tensors to feed at each step. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Estimate of the peak memory of a step, in bytes. */
  readonly memory: number;
  step(feeds: Feeds): Promise<Record<Name, NDArray>>;
  release(): Promise<void>;
}

const RATE = 'learning_rate';

/** Builds and compiles the training step for a loss: forward, backward, clipping and update in one graph. */
export async function createTrainer<Name extends string>(
  options: TrainerOptions<Name>,
): Promise<Trainer<Name>> {
  const { loss, parameters, optimizer, state, outputs } = options;
  const names = Object.keys(parameters);
  const raw = grad(loss, Object.values(parameters));
  const gradients = clipGradients(
    Object.fromEntries(names.map((name, i) => [name, raw[i]!])),
    optimizer.clipping,
  );
  const rate = input(RATE, []);

  const { updates, replacements } = parameterUpdates(options, gradients, rate);
  const changed = { ...options.updates, ...updates };
  const replace = inputReplacer(replacements);
  const compiled = await compileTrainingStep(replace(outputs), replace(changed), state, options);
  let stepCount = options.firstStep ?? 0;
  return {
    get stepCount() {
      return stepCount;
    },
    inputs: new Map([...compiled.inputs].filter(([name]) => name !== RATE)),
    memory: compiled.memory,
    step: async (feeds) => {
      const results = await compiled.run({ ...feeds, [RATE]: float32([optimizer.rate(stepCount)], []) });
      stepCount += 1;
      return results;
    },
    release: () => compiled.release(),
  };
}

// Larger parameters are updated alone: copying them out of a vector costs more than the calls that it saves.
const SMALL = 2 ** 16;

/**
 * The new values of parameters and slots. Small parameters are updated together as one vector: an optimiser calls about ten operators
 * for each parameter, and for a bias of 32 numbers a call costs more than the work in it.
 * @returns also what stands for the parameters in the vector, in place of their inputs
 */
function parameterUpdates(
  { parameters, optimizer, state }: TrainerOptions<string>,
  gradients: NamedTensors,
  rate: Tensor,
): { updates: Record<string, Tensor>; replacements: ReadonlyMap<Tensor, Tensor> } {
  const updates: Record<string, Tensor> = {};
  const replacements = new Map<Tensor, Tensor>();
  const update = (name: string, parameter: Tensor, gradient: Tensor, slots: readonly string[]): void => {
    const slotInputs = slots.map((slot) => input(slot, parameter.shape));
    const [next, ...nextSlots] = optimizer.update(parameter, gradient, rate, slotInputs);
    updates[name] = next;
    nextSlots.forEach((slot, i) => {
      updates[slots[i]!] = slot;
    });
  };

  const small = Object.keys(parameters).filter((name) => sizeOf(parameters[name]!.shape) <= SMALL);
  const vector = small.length > 1 ? state.join(small) : undefined;
  const slotVectors = optimizer.slots.map((slot) =>
    vector === undefined ? undefined : state.join(small.map((name) => `${slot}:${name}`)),
  );
  if (vector !== undefined && slotVectors.every((slot) => slot !== undefined)) {
    const sizes = small.map((name) => sizeOf(parameters[name]!.shape));
    const joined = input(vector, [sizes.reduce((sum, size) => sum + size, 0)]);
    split(joined, sizes, 0).forEach((part, i) => {
      const parameter = parameters[small[i]!]!;
      replacements.set(parameter, reshape(part, parameter.shape));
    });
    const flat = small.map((name) => reshape(gradients[name]!, [-1]));
    update(vector, joined, concat(flat, 0), slotVectors);
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    if (replacements.has(parameter)) continue;
    const slots = optimizer.slots.map((slot) => `${slot}:${name}`);
    update(name, parameter, gradients[name]!, slots);
  }
  return { updates, replacements };
}
