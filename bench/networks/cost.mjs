// Floating-point operations of an evaluation by formula: a multiplication and an addition for each tap of each convolution, and for
// each product of a Gram matrix, forward and again for the gradient of the picture. Elementwise operators and pooling are not counted.
// Savings by an algorithm (Winograd) and taps on padding are not subtracted.
import { inceptionV3 } from './inception-v3.mjs';
import { STYLE, vgg19 } from './vgg19.mjs';

/** One evaluation of DeepDream's loss and the picture's gradient. */
export function dreamFlops(height, width) {
  const counter = count();
  inceptionV3({ height, width, channels: 3 }, counter.ops);
  return 2 * counter.flops();
}

/** One evaluation of style transfer's loss and the picture's gradient. */
export function styleFlops(height, width) {
  const counter = count();
  const layers = vgg19({ height, width, channels: 3 }, counter.ops);
  const grams = STYLE.styleLayers.map((name) => layers[name]);
  const gramFlops = grams.reduce((sum, x) => sum + 2 * x.channels ** 2 * x.height * x.width, 0);
  return 2 * (counter.flops() + gramFlops);
}

/** One training step of the book's VAE on 28x28x1: the forward pass, and the same again for each of the two gradients of a layer. */
export function vaeFlops(batch) {
  const pixels = [28 * 28, 14 * 14];
  const encoder = pixels[0] * 32 * 9 + pixels[1] * 64 * 9 * (32 + 64 + 64) + 12544 * 32 + 2 * 32 * 2;
  const decoder = 2 * 12544 + pixels[1] * 64 * 32 * 9 + pixels[0] * 32 * 9;
  return 3 * 2 * batch * (encoder + decoder);
}

/** One iteration of the book's GAN: pictures for the discriminator; its step on twice the batch; the generator's step through both. */
export function ganFlops(batch) {
  const pixels = [16 * 16, 32 * 32];
  const generator =
    32 * 32768 + pixels[0] * 256 * (128 * 25 + 256 * 16) + pixels[1] * 256 * (2 * 256 * 25 + 3 * 49);
  const discriminator = 128 * (900 * 3 * 9 + (196 + 36 + 4) * 128 * 16) + 512;
  // The generator's step needs no gradients of the discriminator's weights.
  return 2 * batch * (generator + 3 * 2 * discriminator + 3 * generator + 2 * discriminator);
}

/** Operators on shapes `{ height, width, channels }` that sum the cost of convolutions. */
function count() {
  let flops = 0;
  const ops = {
    conv: (x, filters, [height, width], { strides = 1, padding = 'same' } = {}) => {
      const y = {
        height: size(x.height, height, strides, padding),
        width: size(x.width, width, strides, padding),
        channels: filters,
      };
      flops += 2 * y.height * y.width * filters * x.channels * height * width;
      return y;
    },
    maxPool: (x, poolSize, strides) => ({
      height: size(x.height, poolSize, strides, 'valid'),
      width: size(x.width, poolSize, strides, 'valid'),
      channels: x.channels,
    }),
    averagePool: (x) => x,
    concat: (xs) => ({ ...xs[0], channels: xs.reduce((sum, x) => sum + x.channels, 0) }),
  };
  return { ops, flops: () => flops };
}

function size(length, window, strides, padding) {
  return padding === 'same' ? Math.ceil(length / strides) : Math.floor((length - window) / strides) + 1;
}
