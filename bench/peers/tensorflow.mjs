// The measured work in TensorFlow.js, on the backend named in the first argument: wasm or cpu. See peer.mjs.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { answer } from './answer.mjs';
import { latentCases } from './latents.tfjs.mjs';
import { pictureCases } from './pictures.tfjs.mjs';

// By require: its ES modules leave out file endings, which Node does not accept.
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const [backend = 'cpu'] = process.argv.slice(2);
if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm');
await tf.setBackend(backend);
await tf.ready();
// A step takes seconds, so one is measured and counts for the ten of the others.
const TIMES = { 'text-step': 10, 'vae-step-16': 10, 'vae-step-128': 10 };
const [BATCH, WINDOW, CHARACTERS, UNITS] = [128, 60, 57, 128];

function characterLstm() {
  const model = tf.sequential();
  model.add(tf.layers.lstm({ units: UNITS, inputShape: [WINDOW, CHARACTERS] }));
  model.add(tf.layers.dense({ units: CHARACTERS, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: tf.train.rmsprop(0.01) });
  return model;
}

// Wasm has every gradient they need and is 4 times as fast as cpu, which takes minutes for one.
const pictures =
  backend === 'wasm' ? pictureCases(tf) : { 'dream-evaluation': tooSlow, 'style-evaluation': tooSlow };

function tooSlow() {
  throw new Error('left to the wasm backend, which is 4 times as fast');
}

// Wasm lacks the gradient of a convolution's kernel; the plain backend takes a minute for a step of 16 pictures.
const latents =
  backend === 'cpu'
    ? { ...latentCases(tf), 'vae-step-128': tenMinutes, 'gan-iteration': tenMinutes }
    : latentCases(tf);

function tenMinutes() {
  throw new Error('left out: one takes this backend about ten minutes or more');
}

const cases = {
  ...pictures,
  ...latents,
  'text-step': () => {
    const model = characterLstm();
    const ids = Array.from({ length: BATCH * WINDOW }, (_, i) => (i * 7) % CHARACTERS);
    const x = tf.reshape(tf.oneHot(tf.tensor1d(ids, 'int32'), CHARACTERS), [BATCH, WINDOW, CHARACTERS]);
    const y = tf.oneHot(tf.tensor1d(ids.slice(0, BATCH), 'int32'), CHARACTERS);
    return () => model.trainOnBatch(x, y);
  },
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

const made = new Map();
console.log(`TensorFlow.js ${tf.version['tfjs-core']} ${backend}`);
for await (const line of createInterface({ input: process.stdin })) {
  const name = line.trim();
  try {
    if (cases[name] === undefined) throw new Error('does not have this case');
    if (!made.has(name)) {
      made.set(name, cases[name]());
      await made.get(name)();
    }
    const begin = performance.now();
    const result = await made.get(name)();
    console.log(answer((performance.now() - begin) * (TIMES[name] ?? 1), result));
  } catch (error) {
    console.log(`!${error.message.split('\n')[0]}`);
  }
}
