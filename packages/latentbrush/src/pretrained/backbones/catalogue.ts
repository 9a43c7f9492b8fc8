import { InputError } from '@latentbrush/engine';
import { pretrainedWeights, type PretrainedWeights } from '../weights/registry.ts';
import { neededFor, type Architecture } from './keras/architecture.ts';
import { EMBEDDED_END } from './keras/embedded-trunk.ts';
import { inceptionV3 } from './keras/inception-v3.ts';
import { nearestNames } from './layer-names.ts';
import { resnet50 } from './keras/resnet50.ts';
import { vgg, type VggPooling } from './keras/vgg.ts';
import { xception } from './keras/xception.ts';

/** The names of backbones; `embedded` is the part of InceptionV3 that comes with this package. */
export type BackboneName = 'embedded' | keyof typeof pretrainedWeights;

/** The description of a backbone, without its weights. */
export interface BackboneEntry extends Pick<
  PretrainedWeights,
  'title' | 'licence' | 'preprocessing' | 'end' | 'paper'
> {
  readonly name: BackboneName;
  /** The file of its weights; null for the weights that come with this package. */
  readonly weights: PretrainedWeights | null;
  /**
   * The layers that the weights reach. @param pooling only for VGG
   */
  readonly architecture: (pooling?: VggPooling) => Architecture;
}

/** The backbones that `loadBackbone` finds by name. */
export const backboneCatalogue: Readonly<Record<BackboneName, BackboneEntry>> = {
  embedded: {
    ...pretrainedWeights.inception_v3,
    name: 'embedded',
    title: `InceptionV3 to ${EMBEDDED_END}, trained on ImageNet, 8-bit quantised; comes with this package`,
    licence: 'MIT (npm package nsfwjs)',
    end: EMBEDDED_END,
    weights: null,
    architecture: () => neededFor(inceptionV3(), [EMBEDDED_END]),
  },
  inception_v3: {
    ...pretrainedWeights.inception_v3,
    weights: pretrainedWeights.inception_v3,
    architecture: inceptionV3,
  },
  resnet50: {
    ...pretrainedWeights.resnet50,
    weights: pretrainedWeights.resnet50,
    architecture: resnet50,
  },
  xception: {
    ...pretrainedWeights.xception,
    weights: pretrainedWeights.xception,
    architecture: xception,
  },
  vgg16: {
    ...pretrainedWeights.vgg16,
    weights: pretrainedWeights.vgg16,
    architecture: (pooling) => vgg(16, pooling),
  },
  vgg19: {
    ...pretrainedWeights.vgg19,
    weights: pretrainedWeights.vgg19,
    architecture: (pooling) => vgg(19, pooling),
  },
};

/**
 * The description of a backbone. Ignores case. @throws InputError for an unknown name, with the nearest ones
 * @example
 * const { title, end } = backbones.backboneNamed('embedded');
 * console.log(end); // mixed5
 */
export function backboneNamed(name: string): BackboneEntry {
  const entry = Object.values(backboneCatalogue).find((known) => known.name === name.toLowerCase());
  if (entry !== undefined) return entry;
  const known = Object.keys(backboneCatalogue);
  throw new InputError(
    `backbone "${name}" does not exist; nearest: ${nearestNames(name, known)[0]}; known names: ${known.join(', ')}`,
  );
}
