import { float32, int64, type NDArray, type Random } from '@latentbrush/engine';
import { counted } from '../counted.ts';
import type { Tokens } from './tokens.ts';
import { randomOrder } from './window-order.ts';
import { option, OptionError, words } from '../words.ts';

/** The input of one training or evaluation step. */
export interface Batch {
  /** int64 `[B, T]` */
  readonly tokens: NDArray;
  /** int64 `[B]` for objective last, `[B, T]` for objective sequence. */
  readonly targets: NDArray;
  /** float32 `[B]`: 1 for real rows, 0 for padding rows of the last batch. */
  readonly weights: NDArray;
}

/** A corpus cut into batches; batch i of an epoch is made when it is needed. */
export interface Batches {
  /** Batches in an epoch. */
  readonly count: number;
  /** Windows (objective last) or targets (objective sequence) in an epoch. */
  readonly size: number;
  /** One epoch: returns its batches by index. */
  epoch(random: Random | undefined): (index: number) => Batch;
}

interface WindowOptions {
  readonly window: number;
  readonly stride: number;
  readonly batchSize: number;
}

/**
 * Objective last, as in the book: windows of `window` tokens every `stride` tokens, each with the token after it as target.
 * The windows of an epoch come in random order; the last batch is padded with rows of weight 0.
 * @throws InputError when the corpus has no window with a token after it
 */
export function windowBatches(all: Tokens, { window, stride, batchSize }: WindowOptions): Batches {
  requireLength(all, window);
  const size = Math.ceil((all.length - window) / stride);
  return {
    count: Math.ceil(size / batchSize),
    size,
    epoch: (random) => {
      const order = random && randomOrder(size, random);
      return (index) => {
        const tokens = new BigInt64Array(batchSize * window);
        const targets = new BigInt64Array(batchSize);
        const weights = new Float32Array(batchSize);
        for (let row = 0; row < batchSize && index * batchSize + row < size; row++) {
          const position = index * batchSize + row;
          const ids = all.read((order?.(position) ?? position) * stride, window + 1);
          for (let t = 0; t < window; t++) tokens[row * window + t] = BigInt(ids[t] ?? 0);
          targets[row] = BigInt(ids[window] ?? 0);
          weights[row] = 1;
        }
        return {
          tokens: int64(tokens, [batchSize, window]),
          targets: int64(targets, [batchSize]),
          weights: float32(weights, [batchSize]),
        };
      };
    },
  };
}

/**
 * Objective sequence, as in char-rnn: the corpus is cut into `batchSize` streams that run side by side; each batch is the next
 * `window` tokens of every stream, with the following token as target at each position. The states at the end of a batch
 * are the start of the next.
 * @throws InputError when the corpus is too short for one batch
 */
export function streamBatches(all: Tokens, { window, batchSize }: Omit<WindowOptions, 'stride'>): Batches {
  requireLength(all, window);
  const streams = Math.min(batchSize, Math.floor((all.length - 1) / window));
  const length = Math.floor((all.length - 1) / streams);
  const count = Math.floor(length / window);
  return {
    count,
    size: count * streams * window,
    epoch: () => (index) => {
      const tokens = new BigInt64Array(batchSize * window);
      const targets = new BigInt64Array(batchSize * window);
      const weights = new Float32Array(batchSize);
      for (let stream = 0; stream < streams; stream++) {
        const ids = all.read(stream * length + index * window, window + 1);
        for (let t = 0; t < window; t++) {
          tokens[stream * window + t] = BigInt(ids[t] ?? 0);
          targets[stream * window + t] = BigInt(ids[t + 1] ?? 0);
        }
        weights[stream] = 1;
      }
      return {
        tokens: int64(tokens, [batchSize, window]),
        targets: int64(targets, [batchSize, window]),
        weights: float32(weights, [batchSize]),
      };
    },
  };
}

function requireLength({ length }: Tokens, window: number): void {
  if (length <= window) {
    throw new OptionError(
      words`corpus: it has ${counted(length, 'token')}, too few for a window of ${window} and the token after it; give a longer text or a smaller ${option('window')}`,
    );
  }
}
