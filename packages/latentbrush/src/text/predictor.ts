import { compile, input, int64, nn, softmax, zeros, type NDArray, type Session } from '@latentbrush/engine';
import { languageModel, namedStates, stateInputs, type Architecture } from './network.ts';

/** Weights of a network by name. */
export type Weights = Readonly<Record<string, NDArray>>;

/** Computes the distribution of the next token after a text: float32 probabilities `[vocabulary]`. */
export interface Predictor {
  /** Reads the next tokens of the text and returns the distribution of the token after them. */
  advance(ids: readonly number[]): Promise<Float32Array>;
  /** Forgets the text, to begin another one. */
  reset(): void;
  release(): Promise<void>;
}

// One sentence at a time is too little work to share between threads.
const THREADS = { threads: 1 };

/**
 * Predicts from a state carried from token to token: each token is read once.
 * @throws Error for a convolutional model, which has no state
 */
export async function statefulPredictor(architecture: Architecture, weights: Weights): Promise<Predictor> {
  if (architecture.model === 'conv') throw new Error('a convolutional model has no hidden state');
  const before = stateInputs(architecture, 1);
  const { logits, states } = languageModel(
    nn.Parameters.frozen(weights),
    input('tokens', [1, 1], 'int64'),
    architecture,
    'last',
    { states: before, inference: true },
  );
  const after = namedStates(states);
  const renamed = Object.fromEntries(Object.entries(after).map(([name, tensor]) => [`new ${name}`, tensor]));
  const session: Session<string> = await compile({ probabilities: softmax(logits), ...renamed }, THREADS);
  const initial: Readonly<Record<string, NDArray>> = Object.fromEntries(
    before
      .flat()
      .map((tensor) => [
        tensor.source.kind === 'input' ? tensor.source.name : '',
        zeros(tensor.shape, 'float32'),
      ]),
  );
  let state = initial;
  return {
    advance: async (ids) => {
      let probabilities = new Float32Array(architecture.vocabularySize);
      for (const id of ids) {
        const result = await session.run({ tokens: int64([id], [1, 1]), ...state });
        state = Object.fromEntries(Object.keys(state).map((name) => [name, result[`new ${name}`]!]));
        probabilities = result.probabilities?.data as Float32Array<ArrayBuffer>;
      }
      return probabilities;
    },
    reset: () => {
      state = initial;
    },
    release: () => session.release(),
  };
}

/**
 * Predicts from a window of the last tokens, which is read again for each token, as in the book. If there are fewer tokens than in a
 * window, all are read.
 */
export async function windowPredictor(
  architecture: Architecture,
  weights: Weights,
  window: number,
): Promise<Predictor> {
  const { logits } = languageModel(
    nn.Parameters.frozen(weights),
    input('tokens', [1, window], 'int64'),
    architecture,
    'last',
    { inference: true },
  );
  const session = await compile({ probabilities: softmax(logits) }, THREADS);
  // A recurrent net reads a short text step by step; a convolutional one reads zeros before it, which is the same.
  let short: Predictor | undefined;
  let read: number[] = [];
  return {
    advance: async (ids) => {
      const before = read.length;
      read = [...read, ...ids];
      if (read.length < window && architecture.model !== 'conv') {
        short ??= await statefulPredictor(architecture, weights);
        return short.advance(before === 0 ? read : ids);
      }
      read = read.slice(-window);
      const missing = Array.from({ length: window - read.length }, () => architecture.vocabularySize);
      const { probabilities } = await session.run({ tokens: int64([...missing, ...read], [1, window]) });
      return probabilities.data as Float32Array;
    },
    reset: () => {
      read = [];
      short?.reset();
    },
    release: async () => {
      await session.release();
      await short?.release();
    },
  };
}
