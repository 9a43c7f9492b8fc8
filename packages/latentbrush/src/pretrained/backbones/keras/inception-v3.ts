import { INPUT, type Architecture, type Layer } from './architecture.ts';

/**
 * InceptionV3 without its classifier, `mixed0` to `mixed10`, as `keras.applications.inception_v3` builds it (Szegedy et al. 2015,
 * *Rethinking the Inception Architecture for Computer Vision*). Layers are numbered from 1 in the order of the code there, so `conv2d_7` is
 * the seventh convolution, `conv2d_7` of the book. Its output here includes its batch normalisation and ReLU (Keras' `activation_7`).
 * @example
 * console.log(backbones.describeLayers(backbones.inceptionV3()).at(-1)!.name); // mixed10
 */
export function inceptionV3(): Architecture {
  const layers: Layer[] = [];
  let convolutions = 0;
  let maxPools = 0;
  let averagePools = 0;

  const conv = (
    input: string,
    filters: number,
    kernelSize: readonly [number, number],
    { strides = 1, padding = 'same' }: { strides?: number; padding?: 'same' | 'valid' } = {},
  ): string => {
    convolutions += 1;
    const name = `conv2d_${convolutions}`;
    const batchNormalization = `batch_normalization_${convolutions}`;
    layers.push({
      kind: 'convolution',
      name,
      input,
      filters,
      kernelSize,
      strides,
      padding,
      batchNormalization,
    });
    return name;
  };
  const maxPool = (input: string): string => {
    maxPools += 1;
    const name = `max_pooling2d_${maxPools}`;
    layers.push({ kind: 'max pooling', name, input, poolSize: 3, strides: 2, padding: 'valid' });
    return name;
  };
  const averagePool = (input: string): string => {
    averagePools += 1;
    const name = `average_pooling2d_${averagePools}`;
    layers.push({ kind: 'average pooling', name, input, poolSize: 3, strides: 1, padding: 'same' });
    return name;
  };
  const concat = (name: string, inputs: readonly string[]): string => {
    layers.push({ kind: 'concatenation', name, inputs });
    return name;
  };
  const halving = { strides: 2, padding: 'valid' } as const;

  let x = conv(INPUT, 32, [3, 3], halving);
  x = conv(x, 32, [3, 3], { padding: 'valid' });
  x = conv(x, 64, [3, 3]);
  x = maxPool(x);
  x = conv(x, 80, [1, 1], { padding: 'valid' });
  x = conv(x, 192, [3, 3], { padding: 'valid' });
  x = maxPool(x);

  [32, 64, 64].forEach((poolFilters, index) => {
    const branch1x1 = conv(x, 64, [1, 1]);
    const branch5x5 = conv(conv(x, 48, [1, 1]), 64, [5, 5]);
    const branch3x3dbl = conv(conv(conv(x, 64, [1, 1]), 96, [3, 3]), 96, [3, 3]);
    const branchPool = conv(averagePool(x), poolFilters, [1, 1]);
    x = concat(`mixed${index}`, [branch1x1, branch5x5, branch3x3dbl, branchPool]);
  });

  const reduction3x3 = conv(x, 384, [3, 3], halving);
  const reduction3x3dbl = conv(conv(conv(x, 64, [1, 1]), 96, [3, 3]), 96, [3, 3], halving);
  x = concat('mixed3', [reduction3x3, reduction3x3dbl, maxPool(x)]);

  [128, 160, 160, 192].forEach((filters, index) => {
    const branch1x1 = conv(x, 192, [1, 1]);
    const branch7x7 = conv(conv(conv(x, filters, [1, 1]), filters, [1, 7]), 192, [7, 1]);
    let branch7x7dbl = conv(conv(x, filters, [1, 1]), filters, [7, 1]);
    branch7x7dbl = conv(conv(branch7x7dbl, filters, [1, 7]), filters, [7, 1]);
    branch7x7dbl = conv(branch7x7dbl, 192, [1, 7]);
    const branchPool = conv(averagePool(x), 192, [1, 1]);
    x = concat(`mixed${4 + index}`, [branch1x1, branch7x7, branch7x7dbl, branchPool]);
  });

  const last3x3 = conv(conv(x, 192, [1, 1]), 320, [3, 3], halving);
  const last7x7 = conv(conv(conv(x, 192, [1, 1]), 192, [1, 7]), 192, [7, 1]);
  x = concat('mixed8', [last3x3, conv(last7x7, 192, [3, 3], halving), maxPool(x)]);

  [0, 1].forEach((index) => {
    const branch1x1 = conv(x, 320, [1, 1]);
    const stem3x3 = conv(x, 384, [1, 1]);
    const branch3x3 = concat(`mixed9_${index}`, [conv(stem3x3, 384, [1, 3]), conv(stem3x3, 384, [3, 1])]);
    const stem3x3dbl = conv(conv(x, 448, [1, 1]), 384, [3, 3]);
    const branch3x3dbl = concat(`concatenate_${index + 1}`, [
      conv(stem3x3dbl, 384, [1, 3]),
      conv(stem3x3dbl, 384, [3, 1]),
    ]);
    const branchPool = conv(averagePool(x), 192, [1, 1]);
    x = concat(`mixed${9 + index}`, [branch1x1, branch3x3, branch3x3dbl, branchPool]);
  });
  return layers;
}
