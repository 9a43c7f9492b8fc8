import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, InputError, type NDArray } from '@latentbrush/engine';
import { z } from 'zod';

const FORMAT = 'latentbrush-checkpoint';
const VERSION = 1;
const NO_CHECKSUM = '0'.repeat(64);

const versionSchema = z.object({ format: z.literal(FORMAT), formatVersion: z.string().regex(/^[1-9]\d*$/) });

const contentsSchema = z.object({ step: z.string().regex(/^\d+$/), state: z.string() });

/** The state of a training after `step` steps. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: Readonly<Record<string, NDArray>>;
  /** Everything else needed to continue: generator state, epoch, best loss ..., as read from JSON. */
  readonly state: unknown;
}

/** The bytes of a checkpoint file differ from the written ones. */
export class DamagedCheckpoint extends Error {
  override readonly name = 'DamagedCheckpoint';
}

/**
 * A checkpoint as a safetensors file. Its metadata contain the step, the state as JSON, the version of this format and
 * a SHA-256 checksum of the whole file, computed with zeros in place of the checksum.
 * @param options.halfFloats stores the tensors as half floats, for use without further training (default: false)
 */
export function encodeCheckpoint(
  { step, tensors, state }: Checkpoint,
  options: { readonly halfFloats?: boolean } = {},
): Uint8Array {
  const metadata = {
    format: FORMAT,
    formatVersion: String(VERSION),
    step: String(step),
    state: JSON.stringify(state ?? null),
    checksum: NO_CHECKSUM,
  };
  const bytes = encodeSafetensors(tensors, metadata, options);
  const place = findChecksum(bytes);
  if (place === undefined) throw new Error('checkpoint: the encoded file has no place for its checksum');
  bytes.set(Buffer.from(sha256(bytes), 'latin1'), place);
  return bytes;
}

/**
 * Reads a checkpoint of {@link encodeCheckpoint}. The checksum is verified before anything else.
 * @param file names the file in messages
 * @throws DamagedCheckpoint when a byte differs or is missing; InputError when a newer version wrote it
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  verify(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { formatVersion } = versionSchema.parse(metadata);
  if (Number(formatVersion) > VERSION) {
    throw new InputError(
      `${file}: has checkpoint version ${formatVersion}; this program reads up to ${VERSION}; update latentbrush`,
    );
  }
  const { step, state } = contentsSchema.parse(metadata);
  return { step: Number(step), tensors, state: JSON.parse(state) };
}

function verify(bytes: Uint8Array): void {
  const place = findChecksum(bytes);
  if (place === undefined) throw new DamagedCheckpoint('has no checksum');
  const blank = Buffer.from(bytes);
  const expected = blank.toString('latin1', place, place + 64);
  blank.write(NO_CHECKSUM, place, 'latin1');
  if (sha256(blank) !== expected) throw new DamagedCheckpoint('its checksum does not match');
}

/**
 * The position of the 64 digits of the checksum. The key cannot occur in the JSON of the state: quotes inside a JSON string are escaped.
 */
function findChecksum(bytes: Uint8Array): number | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 8) return undefined;
  const headerEnd = 8 + Number(view.readBigUInt64LE(0));
  const header = view.toString('latin1', 8, Math.min(headerEnd, view.length));
  const found = /"checksum":"([0-9a-f]{64})"/d.exec(header);
  const start = found?.indices?.[1]?.[0];
  return start === undefined ? undefined : 8 + start;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
