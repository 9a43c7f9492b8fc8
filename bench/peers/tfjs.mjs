// The measured work in TensorFlow.js, on the backend named in the first argument: node peers/tfjs.mjs wasm, or cpu, in bench/.
import { createRequire } from 'node:module';
import { DREAM_LAYERS, inceptionV3 } from '../networks/inception-v3.mjs';
import { convolutionWeights, picture } from '../networks/random-values.mjs';
import { STYLE, vgg19 } from '../networks/vgg19.mjs';
import { serve } from './serve.mjs';

// Loaded by require: its ES modules omit file extensions, which Node does not accept.
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const [backend = 'cpu'] = process.argv.slice(2);
if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm');
await tf.setBackend(backend);
await tf.ready();
const STEPS = 10; // of the others; here a step takes seconds, so one step counts for ten
const [height, width] = [400, 600];
const [BATCH, WINDOW, CHARACTERS, UNITS] = [128, 60, 57, 128];

function characterLstm() {
  const model = tf.sequential();
  model.add(tf.layers.lstm({ units: UNITS, inputShape: [WINDOW, CHARACTERS] }));
  model.add(tf.layers.dense({ units: CHARACTERS, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: tf.train.rmsprop(0.01) });
  return model;
}

/** One step, in place of the ten of the other peers. */
function timesTen(prepare) {
  return () => {
    const step = prepare();
    return async () => {
      const begin = performance.now();
      await step();
      return { milliseconds: STEPS * (performance.now() - begin) };
    };
  };
}

/** Evaluations of DeepDream's and style transfer's losses with the gradient for the picture, as the book writes them. */
function pictureCases() {
  const noise = (stream, bound) => tf.tensor4d(picture(stream, height, width, bound), [1, height, width, 3]);

  const dreamEvaluation = () => {
    const network = frozen(inceptionV3);
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
    const network = frozen(vgg19);
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

/** A network whose weights are created once. Not the fused convolution: its gradient always asks for the weights' as well. */
function frozen(network) {
  const weights = [];
  return (x) => {
    let index = 0;
    const conv = (input, filters, size, { strides = 1, padding = 'same' } = {}) => {
      const inputs = input.shape[3];
      const values = (weights[index] ??= keptWeights(index, inputs, filters, size));
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

function keptWeights(index, inputs, filters, size) {
  const { kernel, bias } = convolutionWeights(index, inputs, filters, size);
  return {
    kernel: tf.keep(tf.tensor4d(kernel, [...size, inputs, filters])),
    bias: tf.keep(tf.tensor1d(bias)),
  };
}

/** Training steps of the book's VAE and GAN. */
function latentCases() {
  const { layers } = tf;
  const conv = (filters, kernelSize, options = {}) =>
    layers.conv2d({ filters, kernelSize, padding: 'same', ...options });
  const leaky = () => layers.leakyReLU({ alpha: 0.3 });
  const stack = (parts) => tf.sequential({ layers: parts });
  const variables = (models) => models.flatMap((model) => model.trainableWeights.map(({ val }) => val));

  const vaeSteps = (batch) => {
    const relu = { activation: 'relu' };
    const trunk = stack([
      conv(32, 3, { ...relu, inputShape: [28, 28, 1] }),
      conv(64, 3, { ...relu, strides: 2 }),
      conv(64, 3, relu),
      conv(64, 3, relu),
      layers.flatten(),
      layers.dense({ units: 32, ...relu }),
    ]);
    const mean = stack([layers.dense({ units: 2, inputShape: [32] })]);
    const logVar = stack([layers.dense({ units: 2, inputShape: [32] })]);
    const decoder = stack([
      layers.dense({ units: 12544, ...relu, inputShape: [2] }),
      layers.reshape({ targetShape: [14, 14, 64] }),
      layers.conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: 'same', ...relu }),
      conv(1, 3),
    ]);
    const trained = variables([trunk, mean, logVar, decoder]);
    const optimizer = tf.train.rmsprop(1e-3, 0.9);
    const x = tf.randomUniform([batch, 28, 28, 1]);
    const loss = () => {
      const hidden = trunk.apply(x);
      const [m, v] = [mean.apply(hidden), logVar.apply(hidden)];
      const z = tf.add(m, tf.mul(tf.exp(tf.div(v, 2)), tf.randomNormal([batch, 2])));
      const reconstruction = tf.losses.sigmoidCrossEntropy(x, decoder.apply(z));
      const kl = tf.mul(tf.mean(tf.sub(tf.sub(tf.add(1, v), tf.square(m)), tf.exp(v))), -5e-4);
      return tf.add(reconstruction, kl);
    };
    return async () => {
      const value = optimizer.minimize(loss, true, trained);
      await value.data();
      value.dispose();
    };
  };

  const ganIteration = () => {
    const generator = stack([
      layers.dense({ units: 128 * 16 * 16, inputShape: [32] }),
      leaky(),
      layers.reshape({ targetShape: [16, 16, 128] }),
      conv(256, 5),
      leaky(),
      layers.conv2dTranspose({ filters: 256, kernelSize: 4, strides: 2, padding: 'same' }),
      leaky(),
      conv(256, 5),
      leaky(),
      conv(256, 5),
      leaky(),
      conv(3, 7, { activation: 'tanh' }),
    ]);
    const valid = { padding: 'valid' };
    const discriminator = stack([
      conv(128, 3, { ...valid, inputShape: [32, 32, 3] }),
      leaky(),
      ...[1, 2, 3].flatMap(() => [conv(128, 4, { ...valid, strides: 2 }), leaky()]),
      layers.flatten(),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 1 }),
    ]);
    const optimizers = { generator: tf.train.rmsprop(4e-4, 0.9), discriminator: tf.train.rmsprop(8e-4, 0.9) };
    const real = tf.randomUniform([20, 32, 32, 3], -1, 1);
    const labels = tf.concat([tf.ones([20, 1]), tf.zeros([20, 1])]);
    return async () => {
      const generated = tf.tidy(() => generator.apply(tf.randomNormal([20, 32])));
      const ofDiscriminator = optimizers.discriminator.minimize(
        () =>
          tf.losses.sigmoidCrossEntropy(
            tf.add(labels, tf.randomUniform([40, 1], 0, 0.05)),
            discriminator.apply(tf.concat([generated, real]), { training: true }),
          ),
        true,
        variables([discriminator]),
      );
      const ofGenerator = optimizers.generator.minimize(
        () =>
          tf.losses.sigmoidCrossEntropy(
            tf.zeros([20, 1]),
            discriminator.apply(generator.apply(tf.randomNormal([20, 32])), { training: true }),
          ),
        true,
        variables([generator]),
      );
      await ofGenerator.data();
      tf.dispose([generated, ofDiscriminator, ofGenerator]);
    };
  };

  return {
    'vae-step-16': timesTen(() => vaeSteps(16)),
    'vae-step-128': timesTen(() => vaeSteps(128)),
    'gan-iteration': ganIteration,
  };
}

// Wasm has every gradient they need and is 4 times as fast as cpu, which takes minutes for one.
const pictures =
  backend === 'wasm' ? pictureCases() : { 'dream-evaluation': tooSlow, 'style-evaluation': tooSlow };

function tooSlow() {
  throw new Error('left to the wasm backend, which is 4 times as fast');
}

// Wasm lacks the gradient of a convolution's kernel; the plain backend needs a minute for a step of 16 pictures.
const latents =
  backend === 'cpu'
    ? { ...latentCases(), 'vae-step-128': tenMinutes, 'gan-iteration': tenMinutes }
    : latentCases();

function tenMinutes() {
  throw new Error('left out: one evaluation takes this backend ten minutes or more');
}

const cases = {
  ...pictures,
  ...latents,
  'text-step': timesTen(() => {
    const model = characterLstm();
    const ids = Array.from({ length: BATCH * WINDOW }, (_, i) => (i * 7) % CHARACTERS);
    const x = tf.reshape(tf.oneHot(tf.tensor1d(ids, 'int32'), CHARACTERS), [BATCH, WINDOW, CHARACTERS]);
    const y = tf.oneHot(tf.tensor1d(ids.slice(0, BATCH), 'int32'), CHARACTERS);
    return () => model.trainOnBatch(x, y);
  }),
  'text-sample': () => {
    const model = characterLstm();
    return async () => {
      let window = Array.from({ length: WINDOW }, () => 0);
      for (let i = 0; i < 100; i++) {
        const probabilities = tf.tidy(() =>
          model.predict(tf.expandDims(tf.oneHot(tf.tensor1d(window, 'int32'), CHARACTERS), 0)),
        );
        const values = await probabilities.data();
        probabilities.dispose();
        window = [...window.slice(1), values.indexOf(Math.max(...values))];
      }
    };
  },
};

await serve(`TensorFlow.js ${tf.version['tfjs-core']} ${backend}`, cases);
