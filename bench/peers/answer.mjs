/**
 * The line that a peer answers with (see ../peer.mjs).
 * @param {number} milliseconds
 * @param {unknown} result what a case's run gave: `{ loss, gradient }`, a number and a Float32Array, where it evaluates a loss
 */
export function answer(milliseconds, result) {
  if (!(result?.gradient instanceof Float32Array)) return String(milliseconds);
  const sum = result.gradient.reduce((total, value) => total + Math.abs(value), 0);
  return `${milliseconds} ${result.loss} ${sum / result.gradient.length}`;
}
