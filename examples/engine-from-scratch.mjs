// Only the engine: a network of two layers learns exclusive or. No files, no framework around it.
//
//   node examples/engine-from-scratch.mjs
import {
  compile,
  float32,
  input,
  nn,
  optim,
  Random,
  reduceMean,
  sigmoid,
  sigmoidCrossEntropy,
  TrainingState,
} from '@latentbrush/engine';

/**
 * The network: [4, 2] -> [4, 8] -> [4, 1], as a function of its parameters and its input.
 * @param {nn.Parameters} parameters
 * @param {import('@latentbrush/engine').Tensor} x
 */
function network(parameters, x) {
  const hidden = nn.dense(parameters.scope('hidden'), x, { units: 8, activation: 'tanh' });
  return nn.dense(parameters.scope('output'), hidden, { units: 1 });
}

const examples = float32([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
const answers = float32([0, 1, 1, 0], [4, 1]);

// One training step is one graph: forward, backward and update.
const parameters = new nn.Parameters();
const loss = reduceMean(sigmoidCrossEntropy(network(parameters, input('x', [4, 2])), input('y', [4, 1])));
const optimizer = optim.adam({ learningRate: 0.05 });
const state = new TrainingState({
  ...parameters.initialize(new Random(1)),
  ...optim.initialSlots(optimizer, parameters.trainable()),
});
const trainer = await optim.createTrainer({
  loss,
  parameters: parameters.trainable(),
  optimizer,
  state,
  outputs: { loss },
});
for (let step = 1; step <= 300; step++) {
  const result = await trainer.step({ x: examples, y: answers });
  if (step % 60 === 0) console.log(`step ${step}  loss ${Number(result.loss.data[0]).toFixed(4)}`);
}

// The trained network, its weights now constants of the graph.
const trained = nn.Parameters.frozen(state.snapshot());
const session = await compile({ p: sigmoid(network(trained, input('x', [4, 2]))) });
const { p } = await session.run({ x: examples });
for (const [i, probability] of p.data.entries()) {
  console.log(`${examples.data[2 * i]} xor ${examples.data[2 * i + 1]} = ${Number(probability).toFixed(3)}`);
}
