import { parseOptions } from '../options.ts';
import { checkpointChoice, inOneLine, lossCurve, metricsOf, type RunSystem } from '../training/index.ts';
import { exportOnnx } from './export.ts';
import { Generator } from './model.ts';
import { ganRuns } from './run.ts';

/** Operations on runs of GANs. */
export const ganSystem: RunSystem = {
  name: ganRuns.system,
  title: 'GAN',
  describe: ({ extra }) => {
    const { success, data } = ganRuns.extra.safeParse(extra);
    if (!success) return [];
    return [
      ['pictures', `${data.dataset.name}, ${data.dataset.count.toLocaleString('en')}`],
      ['model', inOneLine(data.architecture)],
    ];
  },
  losses: (metrics) => {
    const steps = metricsOf(metrics, 'step');
    return {
      curves: [
        lossCurve(steps, 'step', ({ discriminatorLoss }) => discriminatorLoss),
        lossCurve(steps, 'step', ({ generatorLoss }) => generatorLoss),
      ],
      caption: 'losses of discriminator and generator, by iteration',
    };
  },
  onnx: {
    summary: 'its generator, from points to pictures',
    choices: checkpointChoice,
    files: async (folder, given) => [
      exportOnnx((await Generator.load(folder, parseOptions(checkpointChoice, given))).model),
    ],
  },
  load: (folder, options) => Generator.load(folder, options),
};
