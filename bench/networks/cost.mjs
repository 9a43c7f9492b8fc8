// Floating-point operations of an evaluation by formula: a multiplication and an addition for each tap of each convolution, and for
// each product of a Gram matrix, forward and again for the gradient of the picture. What is element-wise, and pooling, is
// not counted, nor is it subtracted what an algorithm saves (Winograd) or what taps on padding would.
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

/** Operators on shapes `{ height, width, channels }` that sum what convolutions cost. */
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
