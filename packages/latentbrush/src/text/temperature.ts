/** Ways to sharpen, flatten or cut a distribution before a token is drawn from it. */
export interface Reweighting {
  readonly temperature: number;
  readonly greedy: boolean;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
}

/**
 * softmax(log p / temperature) in float64, as the book computes it (8.1): temperature below 1 sharpens a distribution,
 * above 1 flattens it.
 * @example
 * console.log([...text.reweight([0.8, 0.2], 0.5)].map((p) => p.toFixed(2))); // [ '0.94', '0.06' ]
 */
export function reweight(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  const scaled = Float64Array.from(probabilities, (p) => Math.log(p) / temperature);
  const largest = scaled.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = scaled.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

/**
 * The distribution that a token is drawn from: by temperature, then cut to the k most probable tokens (top-k; Fan et al.
 * 2018) and to the smallest set that reaches probability p (top-p; Holtzman et al. 2019), and scaled to sum 1 again.
 * Greedy puts everything on the most probable token.
 * @example
 * const options = { temperature: 1, greedy: false, topK: 2 };
 * console.log([...text.samplingDistribution([0.5, 0.25, 0.25], options)].map((p) => p.toFixed(2))); // [ '0.67', '0.33', '0.00' ]
 */
export function samplingDistribution(probabilities: ArrayLike<number>, options: Reweighting): Float64Array {
  const { temperature, greedy, topK, topP } = options;
  const distribution = reweight(probabilities, temperature);
  if (!greedy && topK === undefined && topP === undefined) return distribution;

  const order = Array.from(distribution.keys()).sort(
    (a, b) => (distribution[b] ?? 0) - (distribution[a] ?? 0) || a - b,
  );
  const kept = new Float64Array(distribution.length);
  const limit = greedy ? 1 : (topK ?? order.length);
  let sum = 0;
  for (const id of order.slice(0, limit)) {
    kept[id] = distribution[id] ?? 0;
    sum += kept[id];
    if (topP !== undefined && sum >= topP) break;
  }
  return kept.map((value) => value / sum);
}

/**
 * Entropy in bits, -Σ p log₂ p: 0 when the next token is certain, log₂ of the number of tokens when all are equally likely.
 * @example
 * console.log(text.entropy([0.5, 0.25, 0.25])); // 1.5
 */
export function entropy(distribution: ArrayLike<number>): number {
  let bits = 0;
  for (let i = 0; i < distribution.length; i++) {
    const p = distribution[i] ?? 0;
    if (p > 0) bits -= p * Math.log2(p);
  }
  return bits;
}
