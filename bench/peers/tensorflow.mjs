// The measured work in TensorFlow.js, on the backend named in the first argument: wasm or cpu. See peer.mjs.
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as layers from '@tensorflow/tfjs-layers';

const [backend = 'cpu'] = process.argv.slice(2);
await import(backend === 'wasm' ? '@tensorflow/tfjs-backend-wasm' : '@tensorflow/tfjs-backend-cpu');
await tf.setBackend(backend);
await tf.ready();
const STEPS = 10;
const [BATCH, WINDOW, CHARACTERS, UNITS] = [128, 60, 57, 128];

function characterLstm() {
  const model = layers.sequential();
  model.add(layers.layers.lstm({ units: UNITS, inputShape: [WINDOW, CHARACTERS] }));
  model.add(layers.layers.dense({ units: CHARACTERS, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: tf.train.rmsprop(0.01) });
  return model;
}

const cases = {
  'text-step': () => {
    const model = characterLstm();
    const ids = Array.from({ length: BATCH * WINDOW }, (_, i) => (i * 7) % CHARACTERS);
    const x = tf.reshape(tf.oneHot(tf.tensor1d(ids, 'int32'), CHARACTERS), [BATCH, WINDOW, CHARACTERS]);
    const y = tf.oneHot(tf.tensor1d(ids.slice(0, BATCH), 'int32'), CHARACTERS);
    return async () => {
      for (let step = 0; step < STEPS; step++) await model.trainOnBatch(x, y);
    };
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
console.log(`TensorFlow.js ${tf.version_core} ${backend}`);
for await (const line of createInterface({ input: process.stdin })) {
  const name = line.trim();
  try {
    if (cases[name] === undefined) throw new Error('does not have this case');
    if (!made.has(name)) {
      made.set(name, cases[name]());
      await made.get(name)();
    }
    const begin = performance.now();
    await made.get(name)();
    console.log(performance.now() - begin);
  } catch (error) {
    console.log(`!${error.message.split('\n')[0]}`);
  }
}
