/** Bytes of the program and of ONNX Runtime. */
const FIXED = 100 * 2 ** 20;

/**
 * What a session takes over what its values need at most at one moment: scratch memory of kernels, gaps in what was freed. Measured with
 * both pairs of networks on MNIST and emoji, sizes of 28 and 64, batches of 16 to 128, 32 and 64 filters: the sum is from a third below
 * what was seen (small trainings, where reading the pictures takes most) to two fifths above.
 */
const OVERHEAD = 1.5;

/**
 * Memory that a training takes, in bytes.
 * @param variables bytes of weights and slots of the optimiser: two buffers each, and a copy for checkpoints
 * @param sessions bytes that the step, and the measurement, need at most at one moment
 * @param pictures bytes of the data set
 */
export function trainingMemory(variables: number, sessions: readonly number[], pictures: number): number {
  return FIXED + 3 * variables + OVERHEAD * sessions.reduce((sum, bytes) => sum + bytes, 0) + pictures;
}
