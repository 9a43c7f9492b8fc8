import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { errorCode, fileError } from '../../files/file-error.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { withByteStream } from '../images/formats/byte-stream.ts';
import { encodeIdx, readIdx } from '../images/formats/idx.ts';

/** Emoji as pictures. */
export interface DrawnEmoji {
  /** `[count, 3, size, size]` */
  readonly pixels: Uint8Array;
  /** The category of each picture. */
  readonly labels: readonly string[];
  /** Its name and set. */
  readonly captions: readonly string[];
}

const indexFile = z.object({
  sha256: z.string(),
  labels: z.array(z.string()),
  captions: z.array(z.string()),
});

/**
 * Cached emoji: `PATH.idx` with the pictures (IDX, unsigned bytes, `[count, 3, size, size]`) and `PATH.json` with their names and the
 * SHA-256 of the pictures' bytes. Undefined when they are missing, incomplete or changed.
 */
export async function readDrawnEmoji(path: string, size: number): Promise<DrawnEmoji | undefined> {
  try {
    const { sha256, labels, captions } = indexFile.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')));
    const { shape, data: pixels } = await withByteStream(`${path}.idx`, undefined, (stream) =>
      readIdx(stream, [4], () => undefined),
    );
    const fits = shape.join() === [labels.length, 3, size, size].join() && captions.length === labels.length;
    return fits && digestOf(pixels) === sha256 ? { pixels, labels, captions } : undefined;
  } catch (error) {
    const isBad = error instanceof InputError || error instanceof SyntaxError || error instanceof z.ZodError;
    if (isBad || errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

/**
 * Caches drawn emoji, all or none; several processes can do so at the same time. The index is written last: if it exists, the pictures do.
 * @throws InputError when the folder cannot be written
 */
export async function writeDrawnEmoji(
  path: string,
  size: number,
  { pixels, labels, captions }: DrawnEmoji,
): Promise<void> {
  try {
    await makeFolder(dirname(path));
  } catch (error) {
    throw fileError(error, dirname(path), 'write');
  }
  await writeFileAtomic(`${path}.idx`, encodeIdx({ shape: [labels.length, 3, size, size], data: pixels }));
  const index = { sha256: digestOf(pixels), labels, captions };
  await writeFileAtomic(`${path}.json`, `${JSON.stringify(index)}\n`);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
