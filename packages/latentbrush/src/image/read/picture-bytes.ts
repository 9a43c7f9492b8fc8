import { open, readFile, stat } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../files/file-error.ts';
import { fileFormat, HEAD_BYTES } from './file-format.ts';

/** Largest file that is read: 512 MiB, more than an uncompressed 16-bit picture of 85 megapixels. */
export const MAX_PICTURE_BYTES = 512 * 2 ** 20;

/**
 * The bytes of a picture file. Its size is checked before reading.
 * @throws InputError when the file does not exist, cannot be read, is no plain file or has more than `maxBytes`
 */
export async function readPictureBytes(path: string, maxBytes = MAX_PICTURE_BYTES): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`${path}: is a folder; a picture file is needed here`);
    if (!found.isFile())
      throw new InputError(`${path}: is a device or a pipe; a picture file is needed here`);
    if (found.size > maxBytes) {
      throw new InputError(
        `${path}: has ${found.size} bytes, above the limit of ${maxBytes}; a smaller picture is needed`,
      );
    }
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/**
 * Whether a file begins as a readable picture. Later faults are not found. False if the file cannot be opened.
 * @example
 * console.log(await image.holdsPicture('cat.jpg'), await image.holdsPicture('mybook.txt')); // true false
 */
export async function holdsPicture(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return fileFormat(buffer.subarray(0, bytesRead)).readable !== undefined;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
