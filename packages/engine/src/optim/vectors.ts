/*
 * Loops over long vectors, in small functions: inside an async generator they are not compiled to fast code. Vectors are float32,
 * sums run in float64. Four elements at a time, in independent sums: a third faster.
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

/**
 * target += scale · vector; returns the new targetᵀ other (of its elements before rounding to float32). One pass over memory: a quarter
 * faster than two.
 */
export function addScaledAndDot(
  target: Float32Array,
  scale: number,
  vector: Float32Array,
  other: Float32Array,
): number {
  const fours = target.length - (target.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < fours; i += 4) {
    const t0 = target[i]! + scale * vector[i]!;
    const t1 = target[i + 1]! + scale * vector[i + 1]!;
    const t2 = target[i + 2]! + scale * vector[i + 2]!;
    const t3 = target[i + 3]! + scale * vector[i + 3]!;
    target[i] = t0;
    target[i + 1] = t1;
    target[i + 2] = t2;
    target[i + 3] = t3;
    s0 += t0 * other[i]!;
    s1 += t1 * other[i + 1]!;
    s2 += t2 * other[i + 2]!;
    s3 += t3 * other[i + 3]!;
  }
  for (let i = fours; i < target.length; i++) {
    const t = target[i]! + scale * vector[i]!;
    target[i] = t;
    s0 += t * other[i]!;
  }
  return s0 + s1 + (s2 + s3);
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

/** -vector, in a new buffer. */
export function negative(vector: Float32Array): Float32Array {
  const result = vector.slice();
  multiply(result, -1);
  return result;
}

/** Largest magnitude of an element; NaN if one is NaN. */
export function largest(vector: Float32Array): number {
  const fours = vector.length - (vector.length % 4);
  let [m0, m1, m2, m3] = [0, 0, 0, 0];
  for (let i = 0; i < fours; i += 4) {
    m0 = Math.max(m0, Math.abs(vector[i]!));
    m1 = Math.max(m1, Math.abs(vector[i + 1]!));
    m2 = Math.max(m2, Math.abs(vector[i + 2]!));
    m3 = Math.max(m3, Math.abs(vector[i + 3]!));
  }
  for (let i = fours; i < vector.length; i++) m0 = Math.max(m0, Math.abs(vector[i]!));
  return Math.max(m0, m1, m2, m3);
}

/** Sum of the magnitudes. */
export function sumOfMagnitudes(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += Math.abs(vector[i]!);
  return sum;
}
