// Evaluations of DeepDream's and style transfer's losses with the gradient for the picture in Latentbrush, by the code that `latentbrush
// dream` and `latentbrush style` run, on networks with the random weights of networks/random-values.mjs.
import { availableParallelism } from 'node:os';
import { float32 } from '../../packages/engine/dist/index.js';
import { backbones, dream } from '../../packages/latentbrush/dist/index.js';
import { measureContent, measureStyle, styleTerms } from '../../packages/latentbrush/dist/style/objective.js';
import { perceptionOf } from '../../packages/latentbrush/dist/style/presets.js';
import { DREAM_LAYERS } from '../networks/inception-v3.mjs';
import { convolutionWeights, picture } from '../networks/random-values.mjs';
import { STYLE } from '../networks/vgg19.mjs';

const [HEIGHT, WIDTH] = [400, 600];
const threads = availableParallelism();

/** A network of Keras whose convolutions have random weights, numbered in the order of its layers. */
function randomBackbone(name, architecture, preprocessing) {
  const weights = new Map();
  const channels = new Map([['input', 3]]);
  let index = 0;
  for (const layer of architecture) {
    const inputs = (layer.inputs ?? [layer.input]).reduce((sum, from) => sum + channels.get(from), 0);
    channels.set(layer.name, layer.filters ?? inputs);
    if (layer.kind !== 'convolution') continue;
    const { kernel, bias } = convolutionWeights(index, inputs, layer.filters, layer.kernelSize);
    index += 1;
    weights.set(`${layer.name}/kernel`, float32(kernel, [...layer.kernelSize, inputs, layer.filters]));
    const normalization = layer.batchNormalization;
    if (normalization === undefined) {
      weights.set(`${layer.name}/bias`, float32(bias, [layer.filters]));
      continue;
    }
    // A batch normalisation that leaves everything as it is, but for the bias.
    const same = (value) => float32(new Float32Array(layer.filters).fill(value), [layer.filters]);
    weights.set(`${normalization}/beta`, float32(bias, [layer.filters]));
    weights.set(`${normalization}/moving_mean`, same(0));
    weights.set(`${normalization}/moving_variance`, same(1 - 1e-3));
  }
  return backbones.kerasBackbone({ name, origin: 'random', architecture, weights, preprocessing });
}

// Peers have channels last.
function noise(stream, bound) {
  const data = picture(stream, HEIGHT, WIDTH, bound);
  const size = HEIGHT * WIDTH;
  return Float32Array.from({ length: 3 * size }, (_, i) => data[3 * (i % size) + Math.floor(i / size)]);
}

function evaluation(objective, pixels) {
  return async () => {
    const { loss, gradient } = await objective.evaluate(pixels);
    return { loss, gradient };
  };
}

export const pictureCases = {
  'dream-evaluation': async () => {
    const architecture = backbones.inceptionV3();
    const end = architecture.findIndex(({ name }) => name === 'mixed5');
    const backbone = randomBackbone(
      'inception_v3',
      architecture.slice(0, end + 1),
      backbones.preprocessings.inception,
    );
    const contributions = Object.entries(DREAM_LAYERS).map(([layer, coefficient]) => ({
      layer,
      coefficient,
    }));
    const objective = await backbones.PixelObjective.compile(
      [1, 3, HEIGHT, WIDTH],
      (pixels) => dream.dreamTerms(backbone, contributions, pixels),
      { threads },
    );
    return evaluation(objective, noise(1, 1));
  },
  'style-evaluation': async () => {
    const architecture = backbones.vgg(19);
    const end = architecture.findIndex(({ name }) => name === STYLE.contentLayer);
    const backbone = randomBackbone('vgg19', architecture.slice(0, end + 1), backbones.preprocessings.none);
    const perception = perceptionOf(backbone, {}, { enlargement: 1, smoothing: 0 });
    const of = (stream, bound) => ({
      channels: 3,
      height: HEIGHT,
      width: WIDTH,
      data: noise(stream, bound),
    });
    const content = await measureContent(perception, of(2, 128), threads);
    const parts = [{ matrices: await measureStyle(perception, of(3, 64), threads), weight: 1 }];
    const options = {
      losses: 'book',
      contentWeight: STYLE.contentWeight,
      styleWeight: STYLE.styleWeight * STYLE.styleLayers.length,
      tvWeight: STYLE.totalVariationWeight,
    };
    const objective = await backbones.PixelObjective.compile(
      [1, 3, HEIGHT, WIDTH],
      (pixels) => styleTerms(perception, content, parts, options, pixels),
      { threads },
    );
    return evaluation(objective, noise(1, 128));
  },
};
