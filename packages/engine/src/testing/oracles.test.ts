import { describe, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { int64, type NDArray } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { dense } from '../nn/dense.ts';
import { Parameters } from '../nn/parameters.ts';
import { lstm } from '../nn/recurrent.ts';
import * as op from '../ops/index.ts';
import { adam, createTrainer, initialSlots, rmsprop, sgd, type Optimizer } from '../optim/index.ts';
import { compile } from '../session.ts';
import { TrainingState } from '../training-step.ts';
import { array, expectOracle, readOracle, type Nested } from './oracles.ts';

describe('lstm.json: an LSTM classifier in Keras layout', () => {
  const oracle = readOracle('lstm') as {
    kernel: Nested;
    recurrent_kernel: Nested;
    bias: Nested;
    dense_kernel: Nested;
    dense_bias: Nested;
    token_ids: number[][];
    target: number[];
    hidden_states: Nested;
    probabilities: Nested;
    loss: number;
    gradients: Record<'kernel' | 'recurrent_kernel' | 'bias' | 'dense_kernel' | 'dense_bias', Nested>;
  };
  const [batch, steps, vocabulary, units] = [4, 7, 5, 6];
  const weights: Record<string, NDArray> = {
    'lstm/kernel': array(oracle.kernel),
    'lstm/recurrent_kernel': array(oracle.recurrent_kernel),
    'lstm/bias': array(oracle.bias),
    'dense/kernel': array(oracle.dense_kernel),
    'dense/bias': array(oracle.dense_bias),
  };
  const ids = int64(oracle.token_ids.flat(), [batch, steps]);
  const labels = int64(oracle.target);

  // one-hot vectors times the kernel, or the same as a lookup of its rows
  for (const form of ['vectors', 'lookup'] as const) {
    it(`forward, loss and every gradient (${form})`, async () => {
      const parameters = new Parameters();
      const tokens = op.transpose(input('token_ids', [batch, steps], 'int64'));
      const x = form === 'vectors' ? op.oneHot(tokens, vocabulary) : { tokens, depth: vocabulary };
      const { sequence, state } = lstm(parameters.scope('lstm'), x, { units });
      const logits = dense(parameters.scope('dense'), state[0], { units: vocabulary });
      const loss = op.crossEntropy(logits, input('target', [batch], 'int64'));
      const trained = parameters.trainable();
      const gradients = grad(loss, Object.values(trained));
      const session = await compile({
        loss,
        probabilities: op.softmax(logits),
        hidden: op.transpose(sequence, [1, 0, 2]),
        ...Object.fromEntries(Object.keys(trained).map((name, i) => [`d ${name}`, gradients[i]!])),
      });
      const result = (await session.run({ ...weights, token_ids: ids, target: labels })) as Record<
        string,
        NDArray
      >;
      expectOracle(result.loss!, oracle.loss);
      expectOracle(result.probabilities!, oracle.probabilities);
      expectOracle(result.hidden!, oracle.hidden_states);
      expectOracle(result['d lstm/kernel']!, oracle.gradients.kernel);
      expectOracle(result['d lstm/recurrent_kernel']!, oracle.gradients.recurrent_kernel);
      expectOracle(result['d lstm/bias']!, oracle.gradients.bias);
      expectOracle(result['d dense/kernel']!, oracle.gradients.dense_kernel);
      expectOracle(result['d dense/bias']!, oracle.gradients.dense_bias);
    });
  }
});

describe('convolutions.json: Conv2D and Conv2DTranspose with Keras padding', () => {
  const { cases } = readOracle('convolutions') as {
    cases: {
      op: 'conv2d' | 'conv2d_transpose';
      kernel_size: number;
      strides: number;
      padding: 'same' | 'valid';
      x: Nested;
      kernel: Nested;
      y: Nested;
      dy: Nested;
      dx: Nested;
      dkernel: Nested;
    }[];
  };
  const channelsFirst = [0, 3, 1, 2];
  const channelsLast = [0, 2, 3, 1];
  const layout = [3, 2, 0, 1]; // [h, w, in, out] -> [out, in, h, w]; for the transpose [h, w, out, in] -> [in, out, h, w]

  it.each(cases)('$op kernel $kernel_size strides $strides $padding', async (example) => {
    const x = constant(array(example.x));
    const kernel = constant(array(example.kernel));
    const convolve = example.op === 'conv2d' ? op.conv2d : op.conv2dTranspose;
    const options = { strides: example.strides, padding: example.padding };
    const y = op.transpose(
      convolve(op.transpose(x, channelsFirst), op.transpose(kernel, layout), options),
      channelsLast,
    );
    const [dx, dkernel] = grad(op.reduceSum(op.mul(y, constant(array(example.dy)))), [x, kernel]) as [
      Tensor,
      Tensor,
    ];
    const session = await compile({ y, dx, dkernel });
    const result = await session.run({});
    expectOracle(result.y, example.y);
    expectOracle(result.dx, example.dx);
    expectOracle(result.dkernel, example.dkernel);
  });
});

describe('optimizers.json: trajectories of Keras 2', () => {
  const oracle = readOracle('optimizers') as {
    s: number[];
    t: number[];
    start: number[];
    runs: { kind: 'rmsprop' | 'adam' | 'sgd'; options: Record<string, number>; trajectory: Nested[] }[];
  };

  it.each(oracle.runs)('$kind $options', async ({ kind, options, trajectory }) => {
    const { lr: learningRate, beta_1: beta1, beta_2: beta2, ...rest } = options;
    const optimizer: Optimizer = { rmsprop, adam, sgd }[kind]({ ...rest, learningRate, beta1, beta2 });
    const p = input('p', [4]);
    // f(p) = 0.5 · Σ s (p - t)²
    const loss = op.mul(
      op.reduceSum(op.mul(constant(array(oracle.s)), op.square(op.sub(p, constant(array(oracle.t)))))),
      0.5,
    );
    const state = new TrainingState({ p: array(oracle.start), ...initialSlots(optimizer, { p }) });
    const trainer = await createTrainer({ loss, parameters: { p }, optimizer, state, outputs: { loss } });
    for (const expected of trajectory) {
      await trainer.step({});
      expectOracle(state.get('p'), expected);
    }
  });
});

describe("zoom.json: the bilinear resize of the book's DeepDream", () => {
  const oracle = readOracle('zoom') as { image: Nested; cases: { shape: [number, number]; out: Nested }[] };

  it.each(oracle.cases)('to $shape', async ({ shape, out }) => {
    const image = op.expandDims(op.transpose(constant(array(oracle.image)), [2, 0, 1]), [0]);
    const resized = op.resize(image, shape, 'bilinear-align-corners');
    const session = await compile({ out: op.transpose(op.squeeze(resized, [0]), [1, 2, 0]) });
    expectOracle((await session.run({})).out, out);
  });
});
