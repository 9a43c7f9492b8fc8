// VGG19 to block5_conv2 with Keras' layer names (Simonyan and Zisserman 2014): a convolution means convolution, bias, ReLU.

/** Layers and weights of the book's style transfer (Chollet, Deep Learning with Python, 8.3). */
export const STYLE = {
  contentLayer: 'block5_conv2',
  styleLayers: ['block1_conv1', 'block2_conv1', 'block3_conv1', 'block4_conv1', 'block5_conv1'],
  contentWeight: 0.025,
  styleWeight: 1 / 5, // of each layer
  totalVariationWeight: 1e-4,
};

const BLOCKS = [
  { filters: 64, convolutions: 2 },
  { filters: 128, convolutions: 2 },
  { filters: 256, convolutions: 4 },
  { filters: 512, convolutions: 4 },
  { filters: 512, convolutions: 2 },
];

/**
 * Builds the network with the operators of a peer.
 * @param x the picture
 * @param ops `conv(x, filters, [height, width])` with `same` padding, `maxPool(x, size, strides)` without padding
 * @returns `{ block1_conv1, ..., block5_conv2 }`
 */
export function vgg19(x, { conv, maxPool }) {
  const layers = {};
  BLOCKS.forEach(({ filters, convolutions }, block) => {
    if (block > 0) x = maxPool(x, 2, 2);
    for (let index = 1; index <= convolutions; index++) {
      x = layers[`block${block + 1}_conv${index}`] = conv(x, filters, [3, 3]);
    }
  });
  return layers;
}
