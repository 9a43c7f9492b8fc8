import { parseOptions } from '../options.ts';
import {
  checkpointChoice,
  inOneLine,
  lossCurve,
  metricsOf,
  trainingLoss,
  type LossCurves,
  type RunSystem,
} from '../training/index.ts';
import type { Metric } from '../runs/metrics.ts';
import { exportOnnx } from './export.ts';
import { Vae } from './model.ts';
import { vaeRuns } from './run.ts';

/** Operations on runs of VAEs. */
export const vaeSystem: RunSystem = {
  name: vaeRuns.system,
  title: 'VAE',
  describe: ({ extra }) => {
    const { success, data } = vaeRuns.extra.safeParse(extra);
    if (!success) return [];
    return [
      ['pictures', `${data.dataset.name}, ${data.dataset.count.toLocaleString('en')}`],
      ['model', inOneLine(extra.architecture as object)], // as it was stored
    ];
  },
  losses,
  onnx: {
    summary: 'two files, encoder.onnx and decoder.onnx',
    choices: checkpointChoice,
    names: ['encoder.onnx', 'decoder.onnx'],
    files: async (folder, given) => {
      const { model } = await Vae.load(folder, parseOptions(checkpointChoice, given));
      const { encoder, decoder } = exportOnnx(model);
      return [encoder, decoder];
    },
  },
  load: (folder, options) => Vae.load(folder, options),
};

// The loss of the first epoch can be huge on training pictures, but not on validation pictures.
function losses(metrics: readonly Metric[]): LossCurves {
  const epochs = metricsOf(metrics, 'epoch');
  const curve = lossCurve(
    epochs,
    'epoch',
    ({ validation }) => (validation as { loss?: unknown } | null)?.loss,
  );
  return epochs.length > 1 && curve.length === epochs.length
    ? { curves: [curve], caption: 'validation loss, by epoch' }
    : trainingLoss(metrics);
}
