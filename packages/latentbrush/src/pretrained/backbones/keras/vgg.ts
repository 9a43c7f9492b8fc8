import { INPUT, type Architecture, type Layer } from './architecture.ts';

/** Pooling of a VGG network: the paper's maximum, or the mean, which Gatys et al. found better for style. */
export type VggPooling = 'max' | 'average';

/** Convolutions of each block. With the three dense layers, which are left out here, they are 16 and 19 layers. */
const CONVOLUTIONS = { 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const;
const FILTERS = [64, 128, 256, 512, 512];

/**
 * VGG16 or VGG19 without the classifier, `block1_conv1` to `block5_pool`, as `keras.applications.vgg19` builds it (Simonyan &
 * Zisserman 2014, *Very Deep Convolutional Networks for Large-Scale Image Recognition*).
 * @param pooling defaults to the paper's 'max'
 * @example
 * console.log(backbones.describeLayers(backbones.vgg(19)).at(-1)!.name); // block5_pool
 */
export function vgg(depth: 16 | 19, pooling: VggPooling = 'max'): Architecture {
  const layers: Layer[] = [];
  let input = INPUT;
  FILTERS.forEach((filters, block) => {
    for (let index = 1; index <= (CONVOLUTIONS[depth][block] ?? 0); index++) {
      const name = `block${block + 1}_conv${index}`;
      layers.push({
        kind: 'convolution',
        name,
        input,
        filters,
        kernelSize: [3, 3],
        strides: 1,
        padding: 'same',
      });
      input = name;
    }
    const name = `block${block + 1}_pool`;
    layers.push({ kind: `${pooling} pooling`, name, input, poolSize: 2, strides: 2, padding: 'valid' });
    input = name;
  });
  return layers;
}
