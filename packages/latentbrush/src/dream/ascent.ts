import { type InputError } from '@latentbrush/engine';
import type { Mask, Picture } from '../image/index.ts';
import type { DreamEvaluation } from './dreamer.ts';
import type { DreamOptions } from './options.ts';
import { option, OptionError, words } from '../words.ts';

/** A step of the ascent. */
export interface AscentStep {
  /** From 1. */
  readonly iteration: number;
  /** Loss before the step. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Mean of |gradient|: when it is 0, the step changed nothing. */
  readonly magnitude: number;
}

/** The inputs of gradient ascent at one size. */
export interface Ascent extends Pick<DreamOptions, 'iterations' | 'stepSize' | 'maxLoss'> {
  /** Loss and gradient at the current pixels; undefined when aborted. */
  readonly evaluate: () => Promise<DreamEvaluation | undefined>;
  /** Whether there were steps before: then the step size may have caused wrong values. */
  readonly begun: boolean;
  /** Name of the network in messages. */
  readonly network: string;
}

/**
 * Gradient ascent: x = x + step · g / max(mean |g|, 1e-7), until the loss exceeds its limit.
 * @param pixels changed in place
 * @throws InputError when the loss or its gradient is not finite
 */
export async function* ascend(
  pixels: Picture,
  mask: Mask | undefined,
  { iterations, stepSize, maxLoss, evaluate, begun, network }: Ascent,
  signal: AbortSignal | undefined,
): AsyncGenerator<AscentStep, void, undefined> {
  for (let iteration = 1; iteration <= iterations && signal?.aborted !== true; iteration++) {
    const seen = await evaluate();
    if (seen === undefined) return;
    const { loss, terms, gradient } = seen;
    if (loss > maxLoss && loss < Infinity) return;
    const magnitude = meanMagnitude(gradient.data);
    if (!Number.isFinite(loss) || !Number.isFinite(magnitude)) {
      if (begun || iteration > 1)
        throw new OptionError(words`dream: the loss became infinite; lower ${option('stepSize')}`);
      throw notFiniteAtOnce(network, terms);
    }
    addScaled(pixels.data, gradient.data, stepSize / Math.max(magnitude, 1e-7), mask);
    yield { iteration, loss, terms, magnitude };
  }
}

function notFiniteAtOnce(network: string, terms: Readonly<Record<string, number>>): InputError {
  const culprits = Object.keys(terms).filter((name) => !Number.isFinite(terms[name]));
  const what = culprits.length > 0 ? culprits.join(', ') : 'their gradient';
  return new OptionError(
    words`dream: the values of ${network} are not finite at the picture itself (${what}): its weights contain NaN or are far too large, or a coefficient of ${option('layers')} is; choose other weights or layers`,
  );
}

// By index: for-of over a typed array is many times slower.
function meanMagnitude(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
}

function addScaled(data: Float32Array, gradient: Float32Array, rate: number, mask: Mask | undefined): void {
  if (mask === undefined) {
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + rate * gradient[i]!;
    return;
  }
  const shares = mask.data;
  for (let plane = 0; plane < data.length; plane += shares.length) {
    for (let i = 0; i < shares.length; i++)
      data[plane + i] = data[plane + i]! + rate * shares[i]! * gradient[plane + i]!;
  }
}
