/** Bytes of the program, of ONNX Runtime, and of reading the corpus. */
const FIXED = 180 * 2 ** 20;

/**
 * What a session takes over what its values need at most at one moment: scratch memory of kernels, gaps in what was freed. Measured on
 * Moby Dick with all three models, 128 to 512 units, one to four layers, windows of 20 to 120, batches of 128 and 256, characters and
 * words: the sum is from a quarter below what was seen to a fiftieth above.
 */
const OVERHEAD = 2;

/**
 * Memory that the training of a language model takes, in bytes.
 * @param variables bytes of weights, slots of the optimiser and carried states: two buffers each, and a copy for checkpoints
 * @param sessions bytes that the step, and the measurement, need at most at one moment
 * @param corpus characters of the corpus: as text, as graphemes and as numbers of tokens
 */
export function trainingMemory(variables: number, sessions: readonly number[], corpus: number): number {
  return FIXED + 3 * variables + OVERHEAD * sessions.reduce((sum, bytes) => sum + bytes, 0) + 40 * corpus;
}
