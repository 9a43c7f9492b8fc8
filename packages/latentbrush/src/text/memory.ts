/** Bytes of the program, of ONNX Runtime, and of reading the corpus. */
const FIXED = 180 * 2 ** 20;

/**
 * Memory of a session beyond the peak of its values: workspace of kernels, fragmentation. Measured on Moby Dick with all three models, 128
 * to 512 units, one to four layers, windows of 20 to 120, batches of 128 and 256, characters and words: the estimate is between 25 % below
 * and 2 % above the measurement.
 */
const OVERHEAD = 2;

/**
 * Estimated memory for training a language model, in bytes.
 * @param variables bytes of weights, slots of the optimiser and carried states: two buffers each, and a copy for checkpoints
 * @param sessions bytes that the step, and the measurement, need at most at one moment
 * @param corpus bytes of the corpus, if it is in memory
 */
export function trainingMemory(variables: number, sessions: readonly number[], corpus: number): number {
  return FIXED + 3 * variables + OVERHEAD * sessions.reduce((sum, bytes) => sum + bytes, 0) + corpus;
}
