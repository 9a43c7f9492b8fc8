import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { bool, float32, int64, type NDArray } from './graph/ndarray.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const arrays: fc.Arbitrary<NDArray> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  .chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const length = { minLength: size, maxLength: size };
    return fc.oneof(
      fc.array(fc.float(), length).map((data) => float32(data, shape)),
      fc
        .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), length)
        .map((data) => int64(BigInt64Array.from(data), shape)),
      fc.array(fc.boolean(), length).map((data) => bool(data, shape)),
    );
  });
const files = fc.record({
  tensors: fc.dictionary(
    fc.string({ maxLength: 8 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
    arrays,
    { maxKeys: 4 },
  ),
  metadata: fc.dictionary(
    fc.string({ maxLength: 5 }).filter((name) => name !== '__proto__'),
    fc.string(),
    { maxKeys: 3 },
  ),
});

/** A file with a given header. */
function file(header: unknown, data = new Uint8Array(0), length?: number): Uint8Array {
  const json =
    typeof header === 'string'
      ? new TextEncoder().encode(header)
      : new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

describe('safetensors', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(files, ({ tensors, metadata }) => {
        const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect({ ...decoded.tensors }).toEqual(tensors);
        expect({ ...decoded.metadata }).toEqual(metadata);
      }),
    );
  });

  it('is the format byte by byte: header length, JSON padded with spaces, data in the order of names', () => {
    const bytes = encodeSafetensors({ b: float32([1]), a: bool([true, false]) });
    const header =
      '{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(length));
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length))).toBe(header.padEnd(length));
    expect([...bytes.subarray(8 + length)]).toEqual([1, 0, 0, 0, 128, 63]);
  });

  it('writes half floats on request: half the bytes, and other types unchanged', () => {
    const tensors = { weights: float32([0.1, -3, 1 / 3]), counts: int64([7]) };
    const bytes = encodeSafetensors(tensors, {}, { halfFloats: true });
    expect(new TextDecoder().decode(bytes)).toContain('"weights":{"dtype":"F16","shape":[3]');
    const decoded = decodeSafetensors(bytes).tensors;
    expect(decoded.counts).toEqual(tensors.counts);
    expect(decoded.weights?.shape).toEqual([3]);
    [0.1, -3, 1 / 3].forEach((value, index) => expect(decoded.weights?.data[index]).toBeCloseTo(value, 3));
  });

  it('reads half precision, bfloat16, float64 and int32', () => {
    const entry = (dtype: string, size: number) => ({ x: { dtype, shape: [1], data_offsets: [0, size] } });
    const read = (dtype: string, data: number[]) =>
      decodeSafetensors(file(entry(dtype, data.length), Uint8Array.from(data))).tensors.x;
    expect(read('F16', [0x00, 0xc2])?.data[0]).toBe(-3);
    expect(read('F16', [0x01, 0x00])?.data[0]).toBeCloseTo(2 ** -24, 12);
    expect(read('BF16', [0xc0, 0x3f])?.data[0]).toBe(1.5);
    expect(read('F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])?.data[0]).toBe(1.5);
    expect(read('I32', [0xff, 0xff, 0xff, 0xff])).toEqual(int64([-1]));
  });

  const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const four = new Uint8Array(4);
  const hostile: [string, Uint8Array][] = [
    ['too short for a header', Uint8Array.of(1, 2, 3)],
    ['header longer than the file', file({}, four, 1e9)],
    ['header length beyond any file', file({}, four, Number.MAX_SAFE_INTEGER)],
    ['header that is not JSON', file('{x')],
    ['header that is a list', file([])],
    ['dtype that does not exist', file({ x: { ...one, dtype: 'F128' } }, four)],
    ['dtype from the prototype', file({ x: { ...one, dtype: 'constructor' } }, four)],
    ['entry that is null', file({ x: null }, four)],
    ['negative dimension', file({ x: { ...one, shape: [-1] } }, four)],
    ['fractional dimension', file({ x: { ...one, shape: [0.5] } }, four)],
    ['shape whose size overflows', file({ x: { ...one, shape: [2 ** 40, 2 ** 40] } }, four)],
    ['shape that does not fill its bytes', file({ x: { ...one, shape: [2] } }, four)],
    ['offsets beyond the file', file({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, four)],
    ['offsets that overlap', file({ x: one, y: one }, four)],
    ['gap before a tensor', file({ x: { ...one, data_offsets: [4, 8] } }, new Uint8Array(8))],
    ['bytes that belong to no tensor', file({ x: one }, new Uint8Array(8))],
    ['metadata that are not texts', file({ __metadata__: { a: 1 } })],
  ];
  it.each(hostile)('refuses a file with %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(InputError);
  });

  it('treats hostile names as plain names', () => {
    const { tensors } = decodeSafetensors(
      file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four),
    );
    expect(Object.keys(tensors)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  it('fails only with an InputError, however a file is changed', () => {
    const original = encodeSafetensors(
      { a: float32([1, 2, 3, 4], [2, 2]), b: int64([5]) },
      { note: 'hello' },
    );
    const change = fc.record({ at: fc.nat(original.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(original.length),
        (changes, cut) => {
          const bytes = original.slice(0, changes.length === 4 ? cut : original.length);
          for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
          try {
            decodeSafetensors(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
