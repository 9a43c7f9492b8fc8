import { float16ToFloat32, float32, InputError, type NDArray } from '@latentbrush/engine';
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../../files/file-error.ts';
import type { WeightTable } from '../weight-table.ts';
import { counted } from '../../../counted.ts';

/** Limits of a model, far above any network of this kind (VGG19 has 0.6 GB of float32). */
const MAX_MODEL_BYTES = 16 * 2 ** 20;
const MAX_SHARDS = 10_000;
const MAX_WEIGHT_BYTES = 2 * 2 ** 30;

const size = z
  .int()
  .min(0)
  .max(2 ** 31);
const weight = z.object({
  name: z.string(),
  shape: z.array(size).max(8),
  dtype: z.string(),
  quantization: z
    .object({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      min: z.number().optional(),
      scale: z.number().optional(),
    })
    .optional(),
});
const manifest = z.array(
  z.object({ paths: z.array(z.string()).max(MAX_SHARDS), weights: z.array(weight).max(100_000) }),
);
const model = z.object({ weightsManifest: manifest });

type WeightEntry = z.output<typeof weight>;

const BYTES = { float32: 4, uint8: 1, uint16: 2, float16: 2 } as const;

/**
 * Reads the weights of a TensorFlow.js layers model: a `model.json` whose manifest names the binary files beside it.
 * Weights are float32, or quantised: value = scale * q + min with q in uint8 or uint16, or float16.
 * @param path of `model.json`
 * @throws InputError when it is not such a model, is damaged, or names files outside its folder
 */
export async function readTfjsLayers(path: string): Promise<WeightTable> {
  const groups = parseManifest(await readLimited(path, MAX_MODEL_BYTES), path);
  const table = new Map<string, NDArray<'float32'>>();
  const shards = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  if (shards > MAX_SHARDS)
    throw new InputError(`${path}: it names ${shards} binary files, more than the limit of ${MAX_SHARDS}`);
  let read = 0;
  for (const { paths, weights } of groups) {
    const bytes = await readShards(path, paths, MAX_WEIGHT_BYTES - read);
    read += bytes.length;
    let offset = 0;
    for (const entry of weights) {
      const { array, length } = decodeWeight(entry, bytes, offset, path);
      table.set(plainName(entry.name), array);
      offset += length;
    }
    if (offset !== bytes.length) {
      throw new InputError(
        `${path}: its binary files have ${counted(bytes.length, 'byte')}, but its manifest describes ${offset}`,
      );
    }
  }
  return table;
}

function parseManifest(bytes: Uint8Array, path: string): z.output<typeof manifest> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new InputError(`${path}: it is not JSON; give the model.json of a TensorFlow.js layers model`);
  }
  const parsed = model.safeParse(json);
  if (!parsed.success) {
    throw new InputError(
      `${path}: it has no valid weightsManifest; give the model.json of a TensorFlow.js layers model`,
    );
  }
  return parsed.data.weightsManifest;
}

async function readShards(modelPath: string, paths: readonly string[], limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const name of paths) {
    const inside = normalize(name);
    if (isAbsolute(name) || inside === '..' || inside.startsWith(`..${sep}`) || name.includes('\0')) {
      throw new InputError(`${modelPath}: it names the file "${name}" outside its folder; that is not read`);
    }
    const part = await readLimited(join(dirname(modelPath), inside), limit - total);
    total += part.length;
    parts.push(part);
  }
  return Buffer.concat(parts, total);
}

async function readLimited(path: string, limit: number): Promise<Uint8Array> {
  try {
    const { size: bytes } = await stat(path);
    if (bytes > limit) throw new InputError(`${path}: ${bytes} bytes are more than the limit of ${limit}`);
    return await readFile(path);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path, 'read');
  }
}

// Keras writes `conv2d_1/kernel`, sometimes with `:0` at the end or the name repeated before it.
function plainName(name: string): string {
  return name.replace(/:0$/, '').split('/').slice(-2).join('/');
}

function decodeWeight(
  { name, shape, dtype, quantization }: WeightEntry,
  bytes: Uint8Array,
  offset: number,
  path: string,
): { array: NDArray<'float32'>; length: number } {
  if (dtype !== 'float32') {
    throw new InputError(
      `${path}: weight "${name}" is of dtype ${dtype}; float32 (also quantised) is supported`,
    );
  }
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const stored = quantization?.dtype ?? 'float32';
  const length = count * BYTES[stored];
  if (!Number.isSafeInteger(length) || offset + length > bytes.length) {
    throw new InputError(
      `${path}: weight "${name}" needs ${counted(length, 'byte')} at ${offset}, but its files end at ${bytes.length}`,
    );
  }
  // Copied, since typed arrays of more than one byte must be aligned.
  const raw = new Uint8Array(bytes.subarray(offset, offset + length)).buffer;
  return { array: float32(dequantised(stored, raw, quantization), shape), length };
}

function dequantised(
  stored: keyof typeof BYTES,
  raw: ArrayBufferLike,
  quantization: WeightEntry['quantization'],
): Float32Array {
  if (stored === 'float32') return new Float32Array(raw);
  if (stored === 'float16') return float16ToFloat32(new Uint16Array(raw));
  const { scale = 1, min = 0 } = quantization ?? {};
  const steps = stored === 'uint8' ? new Uint8Array(raw) : new Uint16Array(raw);
  const values = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i++) values[i] = scale * steps[i]! + min; // Float32Array.from takes twenty times as long
  return values;
}
