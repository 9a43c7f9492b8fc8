// VGG19 as a backbone of the program, with random weights: it needs no download.
import { float32 } from '../../packages/engine/dist/index.js';
import { backbones } from '../../packages/latentbrush/dist/index.js';
import { convolutionWeights } from './random-values.mjs';

export function randomVgg19() {
  const architecture = backbones.vgg(19);
  const weights = new Map();
  let channels = 3;
  architecture
    .filter(({ kind }) => kind === 'convolution')
    .forEach(({ name, filters, kernelSize }, index) => {
      const { kernel, bias } = convolutionWeights(index, channels, filters, kernelSize);
      weights.set(`${name}/kernel`, float32(kernel, [...kernelSize, channels, filters]));
      weights.set(`${name}/bias`, float32(bias, [filters]));
      channels = filters;
    });
  const { none: preprocessing } = backbones.preprocessings;
  return backbones.kerasBackbone({ name: 'vgg19', origin: 'random', architecture, weights, preprocessing });
}
