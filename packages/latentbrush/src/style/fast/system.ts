import { z } from 'zod';
import { parseSize } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { trainingLoss, type RunSystem } from '../../training/index.ts';
import { exportOnnx } from './export.ts';
import { StylePainter } from './model.ts';
import { styleRuns } from './run.ts';
import { option } from '../../words.ts';

/** The size of pictures for an exported style when none is given. */
const SIZE = '512x512';

const choices = z.strictObject({
  size: z
    .string()
    .default(SIZE)
    .meta({ description: `size of the pictures (default: ${SIZE})`, placeholder: 'WIDTHxHEIGHT' }),
});

/** Operations on runs of fast styles. */
export const styleSystem: RunSystem = {
  name: styleRuns.system,
  title: 'style',
  describe: ({ extra }) => {
    const { success, data } = styleRuns.extra.safeParse(extra);
    if (!success) return [];
    const { style, contentDir, pairsDir } = data;
    return [
      ['style', style],
      ['pictures', contentDir],
      ...(pairsDir === undefined ? [] : [['pairs', pairsDir] as const]),
    ];
  },
  losses: (metrics) => trainingLoss(metrics),
  onnx: {
    summary: 'from pictures to pictures',
    choices,
    files: async (folder, given) => {
      const size = parseSize(parseOptions(choices, given).size, option('size'));
      return [exportOnnx((await StylePainter.load(folder)).model, size)];
    },
  },
  load: (folder, options) => StylePainter.load(folder, options),
};
