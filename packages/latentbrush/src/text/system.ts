import { z } from 'zod';
import { counted } from '../counted.ts';
import { parseOptions } from '../options.ts';
import { inOneLine, trainingLoss, type RunSystem } from '../training/index.ts';
import { exportOnnx } from './export.ts';
import { Writer } from './model.ts';
import { textRuns } from './run.ts';

const choices = z.strictObject({
  checkpoint: z
    .string()
    .optional()
    .meta({ description: 'best or latest (default: best)', placeholder: 'which' }),
});

/** Operations on runs of language models. */
export const textSystem: RunSystem = {
  name: textRuns.system,
  title: 'text',
  describe: ({ extra }) => {
    const { success, data } = textRuns.extra.safeParse(extra);
    if (!success) return [];
    const { corpus, vocabulary, architecture } = data;
    return [
      ['corpus', `${corpus.name}, ${counted(corpus.characters, 'character')}`],
      ['vocabulary', `${counted(vocabulary.tokens.length, 'token')} (${vocabulary.level})`],
      ['model', inOneLine(architecture)],
    ];
  },
  losses: (metrics) => trainingLoss(metrics, 'nats per token'),
  onnx: {
    summary: 'one step, with the hidden state as input and output',
    choices,
    files: async (folder, given) => [
      exportOnnx((await Writer.load(folder, parseOptions(choices, given))).model),
    ],
  },
  load: (folder) => Writer.load(folder),
};
