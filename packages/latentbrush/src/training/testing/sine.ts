import * as op from '@latentbrush/engine';
import { nn, optim } from '@latentbrush/engine';
import { z } from 'zod';
import { sharedOptions } from '../shared-options.ts';
import { progressSchema, type Reports, type TrainableSystem } from '../index.ts';

// A complete sixth system: a network with one hidden layer learns y = sin(3 x). It defines only the loss, the batches and the samples.

const options = z.strictObject({
  learningRate: z.number().default(0.01),
  iterations: z.int().default(100),
  sampleEvery: z.int().default(50),
  checkpointEvery: z.int().default(20),
  ...sharedOptions,
});
const extra = z.object({ data: z.string() });

export interface SineReports extends Reports {
  readonly step: { readonly loss: number };
  readonly epoch: never;
  readonly model: Float32Array;
}

export const sine: TrainableSystem<SineReports, string, z.output<typeof options>, { data: string }> = {
  runs: { system: 'sine', options, extra, progress: progressSchema(z.object({})) },
  options,
  places: [],
  prepare: (data, given) => ({
    options: given,
    extra: { data },
    compile: async ({ checkpoint }) => {
      const { learningRate, seed } = given;
      const parameters = new nn.Parameters();
      const [x, y] = [op.input('x', [16, 1]), op.input('y', [16, 1])];
      const hidden = nn.dense(parameters.scope('hidden'), x, { units: 8, activation: 'tanh' });
      const predicted = nn.dense(parameters.scope('output'), hidden, { units: 1 });
      const loss = op.reduceMean(op.square(op.sub(predicted, y)));
      const optimizer = optim.adam({ learningRate });
      const trained = { loss, parameters: parameters.trainable(), optimizer, outputs: { loss }, threads: 1 };
      const state = new op.TrainingState({
        ...parameters.initialize(new op.Random(seed)),
        ...optim.initialSlots(optimizer, trained.parameters),
      });
      const trainer = await optim.createTrainer({ ...trained, state, firstStep: checkpoint?.step });
      const model = (): Float32Array => state.snapshot()['output/kernel']!.data as Float32Array;
      return {
        state,
        optimizers: [{ optimizer, learningRate }],
        metricsEvery: 10,
        start: () => ({ parameters: parameters.count(), memory: 0 }),
        step: async (step, random) => {
          const points = new Float32Array(16);
          random.fork(`batch of step ${step}`).fillUniform(points, -1, 1);
          const column = (values: Float32Array): op.NDArray => op.float32(values, [16, 1]);
          const values = points.map((point) => Math.sin(3 * point));
          const result = await trainer.step({ x: column(points), y: column(values) });
          return { loss: Number(result.loss.data[0]) };
        },
        sample: async function* () {
          yield await Promise.resolve({ weights: model() });
        },
        model,
        remedy: () => `lower the learning rate (now ${learningRate})`,
        release: () => trainer.release(),
      };
    },
  }),
};
