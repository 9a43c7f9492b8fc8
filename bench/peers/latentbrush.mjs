// The measured work in Latentbrush, by the code that its commands run: node peers/latentbrush.mjs, in bench/.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as engine from '../../packages/engine/dist/index.js';
import { backbones, dream, gan, text, vae } from '../../packages/latentbrush/dist/index.js';
import { imageDataset } from '../../packages/latentbrush/dist/data/index.js';
import {
  measureContent,
  measureStyle,
  styleTerms,
} from '../../packages/latentbrush/dist/style/transfer/loss.js';
import { perceptionOf } from '../../packages/latentbrush/dist/style/presets.js';
import { DREAM_LAYERS } from '../networks/inception-v3.mjs';
import { convolutionWeights, picture } from '../networks/random-values.mjs';
import { STYLE } from '../networks/vgg19.mjs';
import { serve } from './serve.mjs';

const {
  compile,
  conv2d,
  float32,
  input,
  int64,
  matmul,
  mul,
  nn,
  optim,
  Random,
  reduceMean,
  sub,
  TrainingState,
  vjp,
} = engine;
const [BATCH, WINDOW, CHARACTERS, UNITS] = [128, 60, 57, 128];
const STEPS = 10; // in one measurement, so that threads and caches are warm
const [HEIGHT, WIDTH] = [400, 600];
const FOREVER = 1_000_000; // steps
const EPOCHS = 100_000;
const threads = availableParallelism();
const temporary = [];
const random = new Random(1);
const architecture = {
  model: 'lstm',
  units: UNITS,
  layers: 1,
  embedding: 0,
  kernelSize: 3,
  vocabularySize: CHARACTERS,
};

const uniform = (shape) => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  random.fillUniform(data);
  return float32(data, shape);
};
const ids = (shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return int64(
    Array.from({ length: size }, () => random.integer(0, CHARACTERS)),
    shape,
  );
};

function writer(stateful) {
  const vocabulary = new text.Vocabulary(
    'char',
    true,
    Array.from({ length: CHARACTERS }, (_, i) => String.fromCharCode(97 + i)),
  );
  const weights = text.parametersOf(architecture).initialize(random);
  const model = {
    architecture,
    vocabulary,
    weights,
    window: WINDOW,
    objective: 'last',
    passages: ['a'.repeat(WINDOW)],
  };
  return () => text.write(model, { length: 100, temperature: 0.5, stateful });
}

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
    // A batch normalisation that changes only the bias.
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

/** Pictures of noise. */
function noisePictures(count, channels, size) {
  const pixels = Uint8Array.from({ length: count * channels * size * size }, () => random.integer(0, 256));
  const contents = {
    name: 'noise',
    origin: 'noise',
    channels,
    height: size,
    width: size,
    pixels,
    skipped: [],
  };
  return imageDataset(contents, 'noise');
}

/**
 * Continues a training up to `count` events of `types`, and returns their time. Other events in between are run but not counted.
 */
function timeOf(events, types, count) {
  return async () => {
    let milliseconds = 0;
    for (let seen = 0; seen < count;) {
      const begin = performance.now();
      const { value } = await events.next();
      if (!types.includes(value.type)) continue;
      milliseconds += performance.now() - begin;
      seen += 1;
    }
    return { milliseconds };
  };
}

function vaeSteps(batchSize) {
  const options = {
    compat: 'book',
    batchSize,
    epochs: EPOCHS,
    validation: 0,
    samples: 1,
    checkpointEvery: FOREVER,
    threads,
  };
  return timeOf(vae.train({ train: noisePictures(20 * batchSize, 1, 28) }, options), ['step'], STEPS);
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'latentbrush-bench-'));
  temporary.push(folder);
  return folder;
}

function vaeEpochEnd() {
  const [train, test] = [noisePictures(16, 1, 28), noisePictures(2000, 1, 28)];
  const options = {
    compat: 'book',
    epochs: EPOCHS,
    batchSize: 16,
    run: join(temporaryFolder(), 'vae'),
    threads,
  };
  const types = ['epoch', 'sample', 'checkpoint'];
  return timeOf(vae.train({ train, test }, options), types, types.length);
}

function ganIteration() {
  const options = { iterations: FOREVER, sampleEvery: FOREVER, checkpointEvery: FOREVER, threads };
  return timeOf(gan.train(noisePictures(400, 3, 32), options), ['step'], 1);
}

async function vaeGrid() {
  const train = noisePictures(32, 1, 28);
  let model;
  for await (const event of vae.train({ train }, { maxSteps: 1, validation: 0, threads }))
    if (event.type === 'done') ({ model } = event);
  const trained = new vae.Vae(model, { threads });
  const points = vae.gridPoints(15, 2);
  return () => trained.decode(points);
}

const cases = {
  'text-step': async () => {
    // As `text train` divides this batch.
    const shards = threads > 1 ? 2 : 1;
    const rows = BATCH / shards;
    const parameters = new nn.Parameters();
    const tokens = engine.transpose(input('tokens', [rows, WINDOW], 'int64'));
    const { state } = nn.lstm(parameters.scope('lstm'), { tokens, depth: CHARACTERS }, { units: UNITS });
    const logits = nn.dense(parameters.scope('dense'), state[0], { units: CHARACTERS });
    const loss = engine.div(engine.crossEntropy(logits, input('targets', [rows], 'int64')), shards);
    const optimizer = optim.rmsprop({ learningRate: 0.01 });
    const trained = parameters.trainable();
    const values = new TrainingState({
      ...parameters.initialize(random),
      ...optim.initialSlots(optimizer, trained),
    });
    const trainer = await optim.createTrainer({
      loss,
      parameters: trained,
      optimizer,
      state: values,
      outputs: { loss },
      threads,
      shards,
    });
    const targets = optim.shardsOf(ids([BATCH]), shards);
    const feeds = optim
      .shardsOf(ids([BATCH, WINDOW]), shards)
      .map((tokens, i) => ({ tokens, targets: targets[i] }));
    return async () => {
      for (let step = 0; step < STEPS; step++) await trainer.step(feeds);
    };
  },
  'text-sample': () => writer(false),
  'text-sample-stateful': () => writer(true),
  'conv-step': async () => {
    const [x, w, dy] = [
      input('x', [20, 256, 32, 32]),
      input('w', [256, 256, 5, 5]),
      input('dy', [20, 256, 32, 32]),
    ];
    const y = conv2d(x, w, { padding: 'same' });
    const [dx, dw] = vjp([y], [dy], [x, w]);
    // the result of a training step: the new kernel; the means keep y and dx from being optimised away
    const session = await compile(
      { seen: engine.add(reduceMean(y), reduceMean(dx)), next: sub(w, mul(dw, 0.01)) },
      { threads },
    );
    const feeds = {
      x: uniform([20, 256, 32, 32]),
      w: uniform([256, 256, 5, 5]),
      dy: uniform([20, 256, 32, 32]),
    };
    return () => session.run(feeds);
  },
  gemm: async () => {
    const session = await compile(
      { c: matmul(input('a', [2048, 2048]), input('b', [2048, 2048])) },
      { threads },
    );
    const feeds = { a: uniform([2048, 2048]), b: uniform([2048, 2048]) };
    return () => session.run(feeds);
  },
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
  'vae-step-16': () => vaeSteps(16),
  'vae-step-128': () => vaeSteps(128),
  'vae-epoch-end': vaeEpochEnd,
  'vae-grid': vaeGrid,
  'gan-iteration': ganIteration,
};

try {
  await serve('Latentbrush', cases);
} finally {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
}
