// The measured work in Latentbrush. See peer.mjs.
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import * as engine from '../../packages/engine/dist/index.js';
import { text } from '../../packages/latentbrush/dist/index.js';
import { answer } from './answer.mjs';
import { latentCases } from './latents.mjs';
import { pictureCases } from './pictures.mjs';

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
const threads = availableParallelism();
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

const cases = {
  ...pictureCases,
  ...latentCases,
  'text-step': async () => {
    const parameters = new nn.Parameters();
    const tokens = engine.transpose(input('tokens', [BATCH, WINDOW], 'int64'));
    const { state } = nn.lstm(parameters.scope('lstm'), { tokens, depth: CHARACTERS }, { units: UNITS });
    const logits = nn.dense(parameters.scope('dense'), state[0], { units: CHARACTERS });
    const loss = engine.crossEntropy(logits, input('targets', [BATCH], 'int64'));
    const optimizer = optim.rmsprop({ learningRate: 0.01 });
    const trained = parameters.trainable();
    const values = new TrainingState({
      ...parameters.initialize(random),
      ...optim.initialSlots(optimizer, trained),
    });
    const begin = performance.now();
    const trainer = await optim.createTrainer({
      loss,
      parameters: trained,
      optimizer,
      state: values,
      outputs: { loss },
      threads,
    });
    console.error(`compiling the text training step took ${(performance.now() - begin).toFixed(0)} ms`);
    const feeds = { tokens: ids([BATCH, WINDOW]), targets: ids([BATCH]) };
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
    // what a training step keeps: the new kernel; the means keep y and dx from being left out
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
};

const made = new Map();
console.log('Latentbrush');
for await (const line of createInterface({ input: process.stdin })) {
  const name = line.trim();
  if (cases[name] === undefined) {
    console.log('!does not have this case');
    continue;
  }
  if (!made.has(name)) {
    made.set(name, await cases[name]());
    await made.get(name)();
  }
  const begin = performance.now();
  const result = await made.get(name)();
  console.log(answer(performance.now() - begin, result));
}
