/** The number of 16 bits in IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const FLOAT32 = new DataView(new ArrayBuffer(4));

/** The number of 16 bits in bfloat16: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  FLOAT32.setUint32(0, (bits & 0xffff) << 16);
  return FLOAT32.getFloat32(0);
}

/**
 * The numbers of IEEE 754 binary16 elements, as float32.
 * @param bits 16 bits of each element
 * @returns as many float32 values, without rounding
 *
 * @example
 * float16ToFloat32(Uint16Array.of(0x3c00, 0xc000)); // 1, -2
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  // A loop: Float32Array.from with a function takes twenty times as long.
  for (let i = 0; i < bits.length; i++) values[i] = float16ToNumber(bits[i]!);
  return values;
}

/**
 * The numbers of bfloat16 elements, as float32.
 * @param bits 16 bits of each element
 * @returns as many float32 values, without rounding
 *
 * @example
 * bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000)); // 1, -2
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = bits[i]! << 16;
  return new Float32Array(values.buffer);
}

/** The largest number of binary16. */
const LARGEST_FLOAT16 = 65_504;

/**
 * The nearest numbers that binary16 can express, as the 16 bits of each; of two equally near, the one whose last bit is 0 (IEEE 754). Numbers
 * beyond 65,504 become infinite.
 * @example
 * float32ToFloat16(Float32Array.of(1, -2)); // 0x3c00, 0xc000
 */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, numberToFloat16);
}

function numberToFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // Halfway to the next number that there would be, 65,536, rounds to infinity.
  if (size >= LARGEST_FLOAT16 + 16) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | nearestEven(size * 2 ** 24); // 2 ** -14 itself carries into the exponent
  const exponent = Math.floor(Math.log2(size));
  // The fraction may round up to 1024, which carries into the exponent: the bits are those of the next power.
  const fraction = nearestEven((size / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + fraction);
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
