// InceptionV3 to mixed5 as keras.applications.inception_v3 builds it (Szegedy et al. 2015), batch normalisation folded: a
// convolution means convolution, bias, ReLU.

/** The objective of the book's DeepDream: layers and coefficients (Chollet, Deep Learning with Python, 8.2). */
export const DREAM_LAYERS = { mixed2: 0.2, mixed3: 3, mixed4: 2, mixed5: 1.5 };

/**
 * Builds the trunk with the operators of a peer.
 * @param x the picture
 * @param ops `conv(x, filters, [height, width], { strides, padding })`, `maxPool(x, size, strides)` without padding,
 *   `averagePool(x, size)` with stride 1 and `same` padding that the mean ignores, `concat(xs)` along channels
 * @returns `{ mixed0, ..., mixed5 }`
 */
export function inceptionV3(x, { conv, maxPool, averagePool, concat }) {
  const halving = { strides: 2, padding: 'valid' };
  const valid = { padding: 'valid' };
  const blocks = {};

  x = conv(x, 32, [3, 3], halving);
  x = conv(x, 32, [3, 3], valid);
  x = conv(x, 64, [3, 3]);
  x = maxPool(x, 3, 2);
  x = conv(x, 80, [1, 1], valid);
  x = conv(x, 192, [3, 3], valid);
  x = maxPool(x, 3, 2);

  [32, 64, 64].forEach((poolFilters, index) => {
    const branch1x1 = conv(x, 64, [1, 1]);
    const branch5x5 = conv(conv(x, 48, [1, 1]), 64, [5, 5]);
    const branch3x3dbl = conv(conv(conv(x, 64, [1, 1]), 96, [3, 3]), 96, [3, 3]);
    const branchPool = conv(averagePool(x, 3), poolFilters, [1, 1]);
    x = blocks[`mixed${index}`] = concat([branch1x1, branch5x5, branch3x3dbl, branchPool]);
  });

  const branch3x3 = conv(x, 384, [3, 3], halving);
  const branch3x3dbl = conv(conv(conv(x, 64, [1, 1]), 96, [3, 3]), 96, [3, 3], halving);
  x = blocks.mixed3 = concat([branch3x3, branch3x3dbl, maxPool(x, 3, 2)]);

  [128, 160].forEach((filters, index) => {
    const branch1x1 = conv(x, 192, [1, 1]);
    const branch7x7 = conv(conv(conv(x, filters, [1, 1]), filters, [1, 7]), 192, [7, 1]);
    let branch7x7dbl = conv(conv(x, filters, [1, 1]), filters, [7, 1]);
    branch7x7dbl = conv(conv(branch7x7dbl, filters, [1, 7]), filters, [7, 1]);
    branch7x7dbl = conv(branch7x7dbl, 192, [1, 7]);
    const branchPool = conv(averagePool(x, 3), 192, [1, 1]);
    x = blocks[`mixed${4 + index}`] = concat([branch1x1, branch7x7, branch7x7dbl, branchPool]);
  });
  return blocks;
}
