import {
  compile,
  float32,
  input,
  int64,
  nn,
  Random,
  softmax,
  zeros,
  type NDArray,
} from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { languageModel, namedStates, parametersOf, stateInputs, type Architecture } from './network.ts';
import { statefulPredictor, windowPredictor } from './predictor.ts';

const book: Architecture = {
  model: 'lstm',
  units: 128,
  layers: 1,
  embedding: 0,
  kernelSize: 3,
  vocabularySize: 57,
};
const small: Architecture = { ...book, units: 8, vocabularySize: 5 };

describe("the book's model", () => {
  it('has 95,232 parameters in the LSTM and 7,353 in the dense layer', () => {
    const counts = parametersOf(book)
      .list()
      .map(({ name, tensor }) => [name.split('/')[0], tensor.shape.reduce((a, b) => a * b, 1)] as const);
    const total = (layer: string): number =>
      counts.reduce((sum, [name, count]) => sum + (name === layer ? count : 0), 0);
    expect(total('lstm_1')).toBe(95_232);
    expect(total('dense')).toBe(7_353);
  });
});

const architectures: Record<string, Architecture> = {
  lstm: small,
  'two layers of lstm with embedding': { ...small, layers: 2, embedding: 3 },
  gru: { ...small, model: 'gru' },
  'two layers of gru': { ...small, model: 'gru', layers: 2 },
  conv: { ...small, model: 'conv', layers: 3 },
  'conv with embedding': { ...small, model: 'conv', layers: 2, embedding: 4 },
};

const ids = [3, 1, 4, 1, 0, 2, 2, 3];

describe.each(Object.entries(architectures))('%s', (_, architecture) => {
  const weights = parametersOf(architecture).initialize(new Random(7));
  const tokens = int64(ids, [1, ids.length]);

  it('gives the same probabilities in training and in inference form', async () => {
    const read = input('tokens', [1, ids.length], 'int64');
    const training = languageModel(nn.Parameters.frozen(weights), read, architecture, 'last');
    const inference = languageModel(nn.Parameters.frozen(weights), read, architecture, 'last', {
      inference: true,
    });
    const session = await compile({ a: softmax(training.logits), b: softmax(inference.logits) });
    const { a, b } = await session.run({ tokens });
    expectClose(b, a);
  });

  it('never looks ahead: the logits of a position do not depend on later tokens', async () => {
    const { logits } = languageModel(
      nn.Parameters.frozen(weights),
      input('tokens', [1, 8], 'int64'),
      architecture,
      'all',
    );
    const session = await compile({ logits });
    const { logits: before } = await session.run({ tokens });
    const { logits: after } = await session.run({ tokens: int64([...ids.slice(0, 5), 4, 4, 4], [1, 8]) });
    const until = 5 * architecture.vocabularySize;
    expect([...(after.data as Float32Array).subarray(0, until)]).toEqual([
      ...(before.data as Float32Array).subarray(0, until),
    ]);
    expect([...(after.data as Float32Array).subarray(until)]).not.toEqual([
      ...(before.data as Float32Array).subarray(until),
    ]);
  });

  it('predicts the same from a window as from all the tokens, token by token', async () => {
    const predictor = await windowPredictor(architecture, weights, ids.length);
    const whole = await windowPredictor(architecture, weights, ids.length);
    let last = new Float32Array();
    for (const id of ids) last = Float32Array.from(await predictor.advance([id]));
    expectClose(float32(last), float32(Float32Array.from(await whole.advance(ids))));
  });

  if (architecture.model !== 'conv') {
    it('predicts the same with carried state as with one pass', async () => {
      const stateful = await statefulPredictor(architecture, weights);
      const whole = await windowPredictor(architecture, weights, ids.length);
      expectClose(float32(await stateful.advance(ids)), float32(await whole.advance(ids)));
    });

    it('continues from given states', async () => {
      const half = input('tokens', [1, 4], 'int64');
      const { logits, states } = languageModel(nn.Parameters.frozen(weights), half, architecture, 'last', {
        states: stateInputs(architecture, 1),
      });
      const next = Object.fromEntries(
        Object.entries(namedStates(states)).map(([name, tensor]) => [`new ${name}`, tensor]),
      );
      const session = await compile<string>({ probabilities: softmax(logits), ...next });
      const start = Object.fromEntries(
        Object.entries(namedStates(stateInputs(architecture, 1))).map(([name, { shape }]) => [
          name,
          zeros(shape, 'float32'),
        ]),
      );
      const first = await session.run({ tokens: int64(ids.slice(0, 4), [1, 4]), ...start });
      const carried = Object.fromEntries(Object.keys(start).map((name) => [name, first[`new ${name}`]!]));
      const second = await session.run({ tokens: int64(ids.slice(4), [1, 4]), ...carried });
      const whole = await windowPredictor(architecture, weights, ids.length);
      expectClose(second.probabilities!, float32(await whole.advance(ids), [1, architecture.vocabularySize]));
    });
  }
});

function expectClose(actual: NDArray, expected: NDArray): void {
  expect(actual.shape).toEqual(expected.shape);
  (expected.data as Float32Array).forEach((value, i) => expect(actual.data[i]).toBeCloseTo(value, 5));
}
