// Trains a small language model on Moby Dick with the library, shows its loss, and lets it write.
//
//   node examples/train-text.mjs [steps]
import { data, text } from 'latentbrush';

const steps = Number(process.argv[2] ?? 300);
const corpus = await data.loadCorpus('moby-dick');

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

/** @type {text.TrainInput} */
const options = {
  objective: 'sequence',
  units: 128,
  window: 50,
  batchSize: 32,
  optimizer: 'adam',
  learningRate: 0.005,
  maxSteps: steps,
};

const events = text.train(corpus, { ...options, signal: controller.signal });
const writer = await text.finalModel(events, (event) => {
  if (event.type === 'start') console.log(`${event.parameters} parameters, ${event.vocabulary} characters`);
  if (event.type === 'step' && event.step % 50 === 0)
    console.log(`step ${event.step}  loss ${event.loss.toFixed(3)}`);
});

for (const temperature of [0.2, 0.5, 1]) {
  const written = await writer.write({ prompt: 'the whale ', temperature, length: 120 });
  console.log(`\ntemperature ${temperature}: the whale ${written}`);
}
await writer.release();
