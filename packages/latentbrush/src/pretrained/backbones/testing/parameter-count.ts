import { channelsOf, INPUT, inputsOf, isConvolution, type Architecture } from '../keras/architecture.ts';

/**
 * Number of weights of an architecture, as in Keras: kernels, biases, and the beta, mean, variance and gamma (if any) of batch
 * normalisations. InceptionV3 has no gamma; ResNet50 has biases and batch normalisation.
 */
export function parameterCount(architecture: Architecture): number {
  const isResNet = architecture.some(({ name }) => name === 'conv1_bn');
  const isXception = architecture.some(({ kind }) => kind === 'separable convolution');
  const normalization = isResNet || isXception ? 4 : 3;
  const channels = new Map([[INPUT, 3]]);
  let sum = 0;
  for (const layer of architecture) {
    const inputs = inputsOf(layer).map((name) => channels.get(name)!);
    channels.set(layer.name, channelsOf(layer, inputs));
    if (!isConvolution(layer)) continue;
    const [height, width] = layer.kernelSize;
    const taps = height * width * inputs[0]!;
    const kernels = layer.kind === 'convolution' ? taps * layer.filters : taps + inputs[0]! * layer.filters;
    const hasBias = layer.batchNormalization === undefined || isResNet;
    sum += kernels + (hasBias ? layer.filters : 0);
    if (layer.batchNormalization !== undefined) sum += normalization * layer.filters;
  }
  return sum;
}
