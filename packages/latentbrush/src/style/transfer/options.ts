import { z } from 'zod';
import { presetOf, type Preset } from '../presets.ts';

/** Names of layers, such as `block1_conv1`. */
const layers = z.array(z.string().min(1)).min(1).max(64);

/**
 * Options of style transfer: names, ranges, defaults and help from one definition. Defaults with `vgg19` are those of the neural
 * style transfer in Chollet, *Deep Learning with Python*, 8.3. Options without a default depend on the network: see `presets`.
 */
export const styleOptions = z.strictObject({
  backbone: z
    .string()
    .default('vgg19')
    .describe('network that compares pictures: vgg19, vgg16, inception_v3, or embedded'),
  height: z
    .int()
    .min(16)
    .max(8192)
    .default(400)
    .describe('height of the result in pixels; the width follows'),
  rounds: z.int().min(1).max(10_000).default(20).describe('rounds of optimisation; each gives a picture'),
  evaluations: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('largest number of evaluations of loss and gradient in a round'),
  contentWeight: z.number().min(0).optional().describe('weight of the content (vgg: 0.025)'),
  styleWeight: z.number().min(0).optional().describe('weight of the style (vgg: 1)'),
  tvWeight: z.number().min(0).optional().describe('weight of smoothness, total variation (vgg: 0.0001)'),
  contentLayer: z.string().min(1).optional().describe('layer that compares content (vgg: block5_conv2)'),
  styleLayers: layers.optional().describe('layers that compare style (vgg: block1_conv1 to block5_conv1)'),
  styleBlend: z
    .array(z.number().min(0))
    .min(1)
    .max(64)
    .optional()
    .describe('weights of several style pictures (default: equal)'),
  styleSize: z
    .number()
    .gt(0.05)
    .max(8)
    .default(1)
    .describe('size of the style pictures relative to the result: less than 1 gives finer strokes'),
  init: z.enum(['content', 'noise']).default('content').describe('what optimisation starts from'),
  optimizer: z.enum(['lbfgs', 'adam']).default('lbfgs').describe('how the pixels are optimised'),
  learningRate: z
    .number()
    .gt(0)
    .max(100)
    .default(2)
    .describe('learning rate of Adam, for colours from 0 to 255'),
  keepColors: z
    .enum(['none', 'luminance', 'histogram'])
    .default('none')
    .describe(
      'keep the colours of the content: luminance paints only its luminance; histogram first gives its colours to the style (Gatys et al. 2016)',
    ),
  pyramid: z
    .int()
    .min(1)
    .max(8)
    .optional()
    .describe('number of sizes from coarse to fine, each twice the last (vgg: 1, as in the book)'),
  pooling: z
    .enum(['max', 'average'])
    .default('max')
    .describe('pooling of vgg; average is smoother (Gatys et al. 2015)'),
  losses: z
    .enum(['book', 'normalized'])
    .optional()
    .describe(
      'book: sums as in the book; normalized: each part relative to its value at the start, so that weights mean the same everywhere (vgg: book)',
    ),
  smoothing: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe('temperature of activation smoothing (SWAG, CVPR 2021); 0 for none'),
  maxMemory: z
    .number()
    .gt(0)
    .optional()
    .describe('most memory to use, in GiB (default: 80 % of the free memory)'),
  seed: z.int().min(0).default(1).describe('seed of all randomness'),
  threads: z.int().min(1).max(1024).optional().describe('processor threads (default: all)'),
});

/** Options of style transfer, all resolved. */
export type StyleOptions = z.output<typeof styleOptions>;

/** Options of style transfer, as given by the user. */
export type StyleInput = z.input<typeof styleOptions>;

/** Options with the preset of the backbone filled in. */
export type ResolvedStyle = Omit<StyleOptions, keyof Preset> & Preset;

/**
 * Fills in the defaults of the backbone for options that were not given.
 * @example
 * const options = style.styleOptions.parse({ styleWeight: 2 });
 * const { contentLayer, styleWeight } = style.resolveStyle('vgg19', options);
 * console.log(contentLayer, styleWeight); // block5_conv2 2
 */
export function resolveStyle(backbone: string, options: StyleOptions): ResolvedStyle {
  const chosen = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...presetOf(backbone), ...chosen } as ResolvedStyle;
}
