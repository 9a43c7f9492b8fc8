/*
 * Loops over long vectors, in small functions: inside an async generator they are not compiled to fast code. Vectors are float32,
 * sums run in float64. Four elements at a time, in sums of their own that need not wait for each other: a third faster.
 */

/** aᵀ b. */
export function dot(a: Float32Array, b: Float32Array): number {
  const fours = a.length - (a.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < fours; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = fours; i < a.length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** target += scale · vector. */
export function addScaled(target: Float32Array, scale: number, vector: Float32Array): void {
  setSum(target, target, scale, vector);
}

/** target = a + scale · b; the target may be a or b. */
export function setSum(target: Float32Array, a: Float32Array, scale: number, b: Float32Array): void {
  const fours = target.length - (target.length % 4);
  for (let i = 0; i < fours; i += 4) {
    target[i] = a[i]! + scale * b[i]!;
    target[i + 1] = a[i + 1]! + scale * b[i + 1]!;
    target[i + 2] = a[i + 2]! + scale * b[i + 2]!;
    target[i + 3] = a[i + 3]! + scale * b[i + 3]!;
  }
  for (let i = fours; i < target.length; i++) target[i] = a[i]! + scale * b[i]!;
}

/** target *= scale. */
export function multiply(target: Float32Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! * scale;
}

/** a - b. */
export function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  setSum(result, a, -1, b);
  return result;
}

/** Largest magnitude of an element; NaN where one is NaN. */
export function largest(vector: Float32Array): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) {
    const magnitude = Math.abs(vector[i]!);
    if (magnitude > most || Number.isNaN(magnitude)) most = magnitude;
  }
  return most;
}

/** Sum of the magnitudes. */
export function sumOfMagnitudes(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += Math.abs(vector[i]!);
  return sum;
}
