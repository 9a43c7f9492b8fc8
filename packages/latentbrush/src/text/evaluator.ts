import { compile, Graph, nn, peakMemory, zeros, type NDArray, type TrainingState } from '@latentbrush/engine';
import { lossOfBatch } from './loss.ts';
import type { TrainOptions } from './options.ts';
import type { TextData } from './data.ts';

/** A compiled measurement of the loss on the validation part of a corpus. */
export interface Evaluator {
  /**
   * The mean loss in nats per token, with the current weights.
   * @param signal ends it after the current batch
   * @returns undefined if it ended early
   */
  loss(signal?: AbortSignal): Promise<number | undefined>;
  /** Peak bytes of its values. */
  readonly memory: number;
  release(): Promise<void>;
}

/** Compiles the measurement of the loss on the validation part of a corpus. */
export async function evaluator(
  { architecture, validation }: TextData,
  options: TrainOptions,
  state: TrainingState,
): Promise<Evaluator> {
  const { loss, carried } = lossOfBatch(new nn.Parameters(), architecture, options, { inference: true });
  const renamed = Object.fromEntries(
    Object.entries(carried).map(([name, tensor]) => [`new ${name}`, tensor]),
  );
  const outputs = { loss, ...renamed };
  const session = await compile<string>(outputs, { threads: options.threads });
  const measure = async (signal?: AbortSignal): Promise<number | undefined> => {
    const weights = Object.fromEntries(
      [...session.inputs.keys()].flatMap((name) =>
        state.has(name) && !(name in carried) ? [[name, state.get(name)]] : [],
      ),
    ) as Record<string, NDArray>;
    let states = Object.fromEntries(
      Object.entries(carried).map(([name, { shape }]) => [name, zeros(shape, 'float32') as NDArray]),
    );
    let [sum, count] = [0, 0];
    const batchAt = validation?.epoch(undefined);
    for (let index = 0; index < (validation?.count ?? 0); index++) {
      if (signal?.aborted === true) return undefined;
      const batch = batchAt?.(index);
      if (batch === undefined) break;
      const rows = Array.from(batch.weights.data as Float32Array).reduce((a, b) => a + b, 0);
      const result = await session.run({ ...weights, ...states, ...batch });
      states = Object.fromEntries(Object.keys(states).map((name) => [name, result[`new ${name}`]!]));
      sum += Number(result.loss?.data[0]) * rows;
      count += rows;
    }
    return sum / count;
  };
  return { loss: measure, memory: peakMemory(new Graph(outputs)), release: () => session.release() };
}
