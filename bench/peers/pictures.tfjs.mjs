// Evaluations of DeepDream's and style transfer's losses with the gradient for the picture in TensorFlow.js, as the book writes them.
import { DREAM_LAYERS, inceptionV3 } from '../networks/inception-v3.mjs';
import { convolutionWeights, picture } from '../networks/random-values.mjs';
import { STYLE, vgg19 } from '../networks/vgg19.mjs';

const [HEIGHT, WIDTH] = [400, 600];

/** Both cases for a TensorFlow.js that is set to its backend: functions that prepare the work and give what runs it once. */
export function pictureCases(tf, [height, width] = [HEIGHT, WIDTH]) {
  const noise = (stream, bound) => tf.tensor4d(picture(stream, height, width, bound), [1, height, width, 3]);

  const dreamEvaluation = () => {
    const network = frozen(tf, inceptionV3);
    return evaluation(noise(1, 1), (x) => {
      const layers = network(x);
      return tf.addN(
        Object.entries(DREAM_LAYERS).map(([name, coefficient]) => {
          const activation = layers[name];
          const [, h, w, channels] = activation.shape;
          const inner = tf.slice(activation, [0, 2, 2, 0], [1, h - 4, w - 4, channels]);
          return tf.mul(tf.sum(tf.square(inner)), coefficient / activation.size);
        }),
      );
    });
  };

  const styleEvaluation = () => {
    const network = frozen(tf, vgg19);
    const content = tf.tidy(() => network(noise(2, 128))[STYLE.contentLayer]);
    const targets = tf.tidy(() => {
      const layers = network(noise(3, 64));
      return STYLE.styleLayers.map((name) => gram(layers[name]));
    });
    const scale = 4 * 3 ** 2 * (height * width) ** 2;
    return evaluation(noise(1, 128), (x) => {
      const layers = network(x);
      const difference = tf.sum(tf.square(tf.sub(layers[STYLE.contentLayer], content)));
      const styles = STYLE.styleLayers.map((name, index) => {
        const distance = tf.sum(tf.square(tf.sub(gram(layers[name]), targets[index])));
        return tf.mul(distance, STYLE.styleWeight / scale);
      });
      return tf.addN([
        tf.mul(difference, STYLE.contentWeight),
        ...styles,
        tf.mul(totalVariation(x), STYLE.totalVariationWeight),
      ]);
    });
  };

  const evaluation = (x, loss) => {
    const lossAndGradient = tf.valueAndGrad(loss);
    return async () => {
      const { value, grad } = tf.tidy(() => lossAndGradient(x));
      const result = { loss: (await value.data())[0], gradient: await grad.data() };
      tf.dispose([value, grad]);
      return result;
    };
  };

  const gram = (x) => {
    const features = tf.reshape(x, [-1, x.shape[3]]);
    return tf.matMul(features, features, true);
  };

  const totalVariation = (x) => {
    const part = (top, left) => tf.slice(x, [0, top, left, 0], [1, height - 1, width - 1, 3]);
    const down = tf.square(tf.sub(part(0, 0), part(1, 0)));
    const right = tf.square(tf.sub(part(0, 0), part(0, 1)));
    return tf.sum(tf.pow(tf.add(down, right), 1.25));
  };

  return { 'dream-evaluation': dreamEvaluation, 'style-evaluation': styleEvaluation };
}

/** A network whose weights are made once. Not the fused convolution: its gradient always asks for the weights' as well. */
function frozen(tf, network) {
  const weights = [];
  return (x) => {
    let index = 0;
    const conv = (input, filters, size, { strides = 1, padding = 'same' } = {}) => {
      const inputs = input.shape[3];
      const values = (weights[index] ??= keptWeights(tf, index, inputs, filters, size));
      index += 1;
      return tf.relu(tf.add(tf.conv2d(input, values.kernel, strides, padding), values.bias));
    };
    return network(x, {
      conv,
      maxPool: (input, size, strides) => tf.maxPool(input, size, strides, 'valid'),
      averagePool: (input, size) => tf.avgPool(input, size, 1, 'same'),
      concat: (inputs) => tf.concat(inputs, 3),
    });
  };
}

function keptWeights(tf, index, inputs, filters, size) {
  const { kernel, bias } = convolutionWeights(index, inputs, filters, size);
  return {
    kernel: tf.keep(tf.tensor4d(kernel, [...size, inputs, filters])),
    bias: tf.keep(tf.tensor1d(bias)),
  };
}
