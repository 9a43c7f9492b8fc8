import { grad } from '../autodiff.ts';
import { sizeOf } from '../graph/dtype.ts';
import { InputError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { float32, zeros, type NDArray } from '../graph/ndarray.ts';
import { inputReplacer } from '../graph/replace-inputs.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { concat, reshape, split } from '../ops/shape.ts';
import type { Feeds } from '../session.ts';
import type { SessionOptions } from '../runtime/runtime.ts';
import { compileTrainingStep, type TrainingState } from '../training-step.ts';
import { compileShards, shardsOf } from './shards.ts';
import { clipGradients, type NamedTensors, type Optimizer } from './optimizer.ts';

export interface TrainerOptions<Name extends string> extends SessionOptions {
  /** float32 scalar to be minimised. With shards, the part of one shard: the parts add up to the loss. */
  readonly loss: Tensor;
  /** The trained tensors: graph inputs whose values are in the state, by name. */
  readonly parameters: NamedTensors;
  readonly optimizer: Optimizer;
  /** Must contain the parameters and the optimiser's slots (`initialSlots`). */
  readonly state: TrainingState;
  /** The reported values of a step, float32. With shards, parts that add up. */
  readonly outputs: Readonly<Record<Name, Tensor>>;
  /** New values of further variables of the state, for example `parameters.updates` of batch normalisation. */
  readonly updates?: NamedTensors | undefined;
  /**
   * New values of variables with one row for each example, such as hidden states that are carried to the next batch. Each shard has its own
   * rows of them.
   */
  readonly carried?: NamedTensors | undefined;
  /** Number of the first step, when training continues from a checkpoint (default 0). */
  readonly firstStep?: number | undefined;
  /**
   * Number of equal parts of each batch, whose gradients are computed side by side, with one thread each, and added in order (default 1: no
   * parts). The same number gives the same bytes, whatever the number of threads. All tensors are built for the batch of one shard.
   */
  readonly shards?: number | undefined;
}

/** A compiled training loop body: each step computes loss and gradients and updates the parameters. */
export interface Trainer<Name extends string> {
  /** Number of completed steps, which is the index of the next step. */
  readonly stepCount: number;
  /** Tensors to feed at each step; with shards, those of each shard. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Estimate of the peak memory of a step, in bytes. */
  readonly memory: number;
  /** @param feeds with shards, a list with the feeds of each shard */
  step(feeds: Feeds | readonly Feeds[]): Promise<Record<Name, NDArray>>;
  release(): Promise<void>;
}

const RATE = 'learning_rate';

/** The computation of one step. */
interface Compiled<Name extends string> {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly memory: number;
  run(feeds: readonly Feeds[], rate: NDArray): Promise<Record<Name, NDArray>>;
  release(): Promise<void>;
}

/**
 * Builds and compiles the training step for a loss: forward, backward, clipping and update, in one graph; with shards, in two.
 * @throws InputError when a network cannot be trained in shards, because an update depends on the whole batch
 */
export async function createTrainer<Name extends string>(
  options: TrainerOptions<Name>,
): Promise<Trainer<Name>> {
  const { optimizer, shards = 1 } = options;
  if (!Number.isInteger(shards) || shards < 1)
    throw new InputError(`shards: ${shards} is not a number of parts; give a whole number from 1`);
  const compiled = shards === 1 ? await compileWhole(options) : await compileSharded(options, shards);
  let stepCount = options.firstStep ?? 0;
  return {
    get stepCount() {
      return stepCount;
    },
    inputs: compiled.inputs,
    memory: compiled.memory,
    step: async (feeds) => {
      const rate = float32([optimizer.rate(stepCount)], []);
      const results = await compiled.run(Array.isArray(feeds) ? feeds : [feeds], rate);
      stepCount += 1;
      return results;
    },
    release: () => compiled.release(),
  };
}

/** The whole batch, and the update, in one graph. */
async function compileWhole<Name extends string>(options: TrainerOptions<Name>): Promise<Compiled<Name>> {
  const { outputs, state, updates, carried } = options;
  const changes = changesOf(options, gradientsOf(options), { ...updates, ...carried });
  const [reported, next] = [changes.replace(outputs), changes.replace(changes.updates)];
  const step = await compileTrainingStep(reported, next, state, options);
  return {
    inputs: withoutRate(step.inputs),
    memory: step.memory,
    run: async (feeds, rate) => {
      checkFeeds(feeds, 1);
      return step.run({ ...feeds[0], [RATE]: rate });
    },
    release: () => step.release(),
  };
}

/** One graph computes the gradients of a shard, another the update. Between them the host adds up the gradients, in the order of the shards. */
async function compileSharded<Name extends string>(
  options: TrainerOptions<Name>,
  count: number,
): Promise<Compiled<Name>> {
  const { parameters, state, updates = {}, carried = {} } = options;
  const gradients = prefixed('gradient', gradientsOf(options));
  const parts = { ...prefixed('output', options.outputs), ...gradients, ...prefixed('carried', carried) };
  const isShared = (name: string): boolean => state.has(name) && !(name in carried);
  const inputsOfParts = [...new Graph(parts).inputs.keys()];
  const readShared = inputsOfParts.filter(isShared);

  const sums = Object.fromEntries(
    Object.entries(gradients).map(([name, { shape }]) => [name, zeros(shape, 'float32')]),
  );
  const gradientInputs = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, input(`gradient:${name}`, shape)]),
  );
  const changes = changesOf(options, gradientInputs, updates);
  const next = changes.replace(changes.updates);
  const own = [...new Graph(prefixed('next', next)).inputs.keys()].filter(
    (name) => !state.has(name) && name !== RATE && !(name in sums),
  );
  const unknown = own.find((name) => inputsOfParts.includes(name));
  if (unknown !== undefined)
    throw new InputError(
      `training step: an update depends on the batch ("${unknown}"), so it cannot be computed in ${count} shards; set shards to 1`,
    );
  const update = await compileTrainingStep({}, next, state, {
    ...options,
    // Threads that wait for the next update would slow the shards.
    spinning: false,
  });
  const shards = await compileShards(parts, isShared, { ...options, count }).catch(async (error: unknown) => {
    await update.release();
    throw error;
  });

  return {
    inputs: new Map([...shards.inputs, ...[...update.inputs].filter(([name]) => own.includes(name))]),
    memory: shards.memory + update.memory,
    run: async (feeds, rate) => {
      checkFeeds(feeds, count);
      const before = Object.keys(carried).map((name) => [name, shardsOf(state.get(name), count)] as const);
      const withRows = feeds.map((each, index) => ({
        ...each,
        ...Object.fromEntries(before.map(([name, parts]) => [name, parts[index]!])),
      }));
      const shared = Object.fromEntries(readShared.map((name) => [name, state.get(name)]));
      const results = await shards.run(shared, withRows);
      for (const [name, sum] of Object.entries(sums)) addUp(sum, results, name);
      for (const [name, parts] of before)
        for (const [index, { data }] of parts.entries())
          (data as Float32Array).set(results[index]![`carried:${name}`]!.data as Float32Array);
      const rest = Object.fromEntries(own.map((name) => [name, feeds[0]![name]!]));
      await update.run({ ...rest, ...sums, [RATE]: rate });
      return Object.fromEntries(
        Object.entries<Tensor>(options.outputs).map(([name, { shape }]) => [
          name,
          addUp(zeros(shape, 'float32'), results, `output:${name}`),
        ]),
      ) as Record<Name, NDArray>;
    },
    release: async () => {
      await shards.release();
      await update.release();
    },
  };
}

function checkFeeds(feeds: readonly Feeds[], count: number): void {
  if (feeds.length !== count)
    throw new InputError(
      `run: the number of feeds is ${feeds.length}, but that of shards ${count}; give the feeds of each shard`,
    );
}

function prefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}:${name}`, tensor]));
}

/** Adds the outputs of the shards, in their order, so that the sum is always rounded in the same way. */
function addUp(
  sum: NDArray<'float32'>,
  results: readonly Readonly<Record<string, NDArray>>[],
  name: string,
): NDArray {
  const { data } = sum;
  for (const [index, each] of results.entries()) {
    const part = each[name]!.data as Float32Array;
    if (index === 0) data.set(part);
    else for (let i = 0; i < data.length; i++) data[i]! += part[i]!;
  }
  return sum;
}

function withoutRate(inputs: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map([...inputs].filter(([name]) => name !== RATE));
}

function gradientsOf({ loss, parameters }: TrainerOptions<string>): NamedTensors {
  const names = Object.keys(parameters);
  const gradients = grad(loss, Object.values(parameters));
  return Object.fromEntries(names.map((name, i) => [name, gradients[i]!]));
}

/**
 * The new values of the state.
 * @param others updates besides those of the optimiser
 * @returns also a function that lets tensors read parameters as the update does
 */
function changesOf(
  options: TrainerOptions<string>,
  gradients: NamedTensors,
  others: NamedTensors,
): { readonly updates: NamedTensors; readonly replace: ReturnType<typeof inputReplacer> } {
  const clipped = clipGradients(gradients, options.optimizer.clipping);
  const { updates, replacements } = parameterUpdates(options, clipped, input(RATE, []));
  return { updates: { ...others, ...updates }, replace: inputReplacer(replacements) };
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
