import { InputError } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import type { Perception } from './perception.ts';
import { option, OptionError, words } from '../words.ts';

/** Defaults that look good with a network. */
export interface Preset {
  readonly contentLayer: string;
  readonly styleLayers: readonly string[];
  readonly losses: 'book' | 'normalized';
  readonly contentWeight: number;
  readonly styleWeight: number;
  readonly tvWeight: number;
  /** Sizes from coarse to fine. */
  readonly pyramid: number;
  /** Factor for enlarging pictures before the network. */
  readonly enlargement: number;
  /** Pixels of border that are painted, then cropped. */
  readonly border: number;
  readonly smoothing: number;
}

/** The book: Chollet, *Deep Learning with Python*, 8.3. */
const VGG: Preset = {
  contentLayer: 'block5_conv2',
  styleLayers: ['block1_conv1', 'block2_conv1', 'block3_conv1', 'block4_conv1', 'block5_conv1'],
  losses: 'book',
  contentWeight: 0.025,
  styleWeight: 1,
  tvWeight: 1e-4,
  pyramid: 1,
  enlargement: 1,
  border: 0,
  smoothing: 0,
};

/**
 * Found by looking at results; the book has no style transfer with this network. Three sizes give large strokes, which early layers with
 * small receptive fields would miss. The enlargement compensates for the stride of the stem, whose grid would be visible. The border
 * absorbs the edge effects of the first layers, which have no padding.
 */
const INCEPTION: Preset = {
  contentLayer: 'mixed2',
  styleLayers: ['conv2d_1', 'conv2d_3', 'conv2d_5', 'mixed0', 'mixed2', 'mixed3', 'mixed4'],
  losses: 'normalized',
  contentWeight: 0.03,
  styleWeight: 1,
  tvWeight: 0.01,
  pyramid: 3,
  enlargement: 2,
  border: 16,
  smoothing: 0,
};

/**
 * The preset of a network.
 * @example
 * const { contentLayer, styleLayers } = style.presetOf('vgg19');
 * console.log(contentLayer, styleLayers.length); // block5_conv2 5
 */
export function presetOf(backbone: string): Preset {
  return backbone.startsWith('vgg') ? VGG : INCEPTION;
}

/**
 * How a network compares pictures, by its preset and the chosen layers.
 * @throws InputError when a layer does not exist
 */
export function perceptionOf(
  backbone: Backbone,
  chosen: {
    readonly contentLayer?: string | undefined;
    readonly styleLayers?: readonly string[] | undefined;
  },
  { enlargement, smoothing }: { readonly enlargement: number; readonly smoothing: number },
): Perception {
  const preset = presetOf(backbone.name);
  const named = (layer: string): string => backbone.layerNamed(layer).name;
  return {
    backbone,
    contentLayer:
      chosen.contentLayer === undefined
        ? byDefault(backbone, [preset.contentLayer], 'contentLayer')[0]!
        : named(chosen.contentLayer),
    styleLayers: chosen.styleLayers?.map(named) ?? byDefault(backbone, preset.styleLayers, 'styleLayers'),
    enlargement,
    smoothing,
  };
}

// The user did not choose these layers: the message must not suggest that.
function byDefault(backbone: Backbone, layers: readonly string[], name: string): string[] {
  try {
    return layers.map((layer) => backbone.layerNamed(layer).name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const some = backbone.layers.slice(0, 5).map(({ name }) => name);
    throw new OptionError(
      words`${option(name)}: its default is not in ${backbone.name}; name some of its layers, such as ${some.join(', ')} (all of them: latentbrush models layers)`,
    );
  }
}
