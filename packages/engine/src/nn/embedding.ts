import type { Tensor } from '../graph/tensor.ts';
import { gather } from '../ops/indexing.ts';
import { randomUniform } from './initializers.ts';
import type { Parameters } from './parameters.ts';

export interface EmbeddingOptions {
  /** Number of different tokens. */
  readonly vocabularySize: number;
  /** Size of the vector of each token. */
  readonly units: number;
}

/**
 * A learned vector for each token: Keras' Embedding.
 * @param parameters weight `embeddings` [vocabularySize, units] (uniform ±0.05)
 * @param tokens int64 `[...]`
 * @returns `[..., units]`
 */
export function embedding(
  parameters: Parameters,
  tokens: Tensor,
  { vocabularySize, units }: EmbeddingOptions,
): Tensor {
  return gather(parameters.get('embeddings', [vocabularySize, units], randomUniform()), tokens);
}
