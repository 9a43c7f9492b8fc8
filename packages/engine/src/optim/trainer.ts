import { grad } from '../autodiff.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
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

  const updates: Record<string, Tensor> = { ...options.updates };
  for (const [name, parameter] of Object.entries(parameters)) {
    const slots = optimizer.slots.map((slot) => `${slot}:${name}`);
    const [next, ...nextSlots] = optimizer.update(
      parameter,
      gradients[name]!,
      rate,
      slots.map((slot) => input(slot, parameter.shape)),
    );
    updates[name] = next;
    nextSlots.forEach((slot, i) => {
      updates[slots[i]!] = slot;
    });
  }

  const compiled = await compileTrainingStep(outputs, updates, state, options);
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
