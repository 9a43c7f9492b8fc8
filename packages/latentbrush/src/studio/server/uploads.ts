import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { NotThereError } from '../queue/job-queue.ts';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';
import { decodePicture, readRecipe, writePicture, type Recipe } from '../../image/index.ts';

/** Maximum number of bytes of an upload. */
export const MAX_UPLOAD_BYTES = 64 * 2 ** 20;

const ID = /^[0-9a-f]{24}$/;

const uploadFile = z.object({
  id: z.string().regex(ID),
  name: z.string(),
  /** Of the original bytes: recipes identify their inputs by it. */
  sha256: z.string(),
  width: z.int(),
  height: z.int(),
  created: z.number(),
});

/** An uploaded picture. */
export type Upload = z.output<typeof uploadFile>;

/** Uploaded pictures: each is decoded and written again as PNG, so that only pixels stay. */
export class Uploads {
  readonly #folder: string;

  /** @param folder where to store them */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Stores a picture. @param bytes of a picture file @param name of the uploaded file; only for people, never part of a path @returns the
   * picture, and the recipe in it
   * @throws InputError when it cannot be decoded, or is too large
   */
  async add(bytes: Uint8Array, name: string): Promise<{ upload: Upload; recipe: Recipe | undefined }> {
    if (bytes.length > MAX_UPLOAD_BYTES)
      throw new InputError(`the file has ${bytes.length} bytes, above the limit of ${MAX_UPLOAD_BYTES}`);
    const picture = await decodePicture(bytes, plainName(name));
    const id = randomBytes(12).toString('hex');
    const making = join(this.#folder, `.${id}.tmp`);
    try {
      await mkdir(making, { recursive: true });
      const original = join(making, 'original');
      await writeFileAtomic(original, bytes);
      const recipe = await readRecipe(original).catch(() => undefined); // a picture with a damaged recipe is still a picture
      await rm(original);
      await writePicture(join(making, 'picture.png'), picture);
      const upload: Upload = {
        id,
        name: plainName(name),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        width: picture.width,
        height: picture.height,
        created: Date.now(),
      };
      await writeFileAtomic(join(making, 'upload.json'), `${JSON.stringify(upload)}\n`);
      await rename(making, join(this.#folder, id));
      return { upload, recipe };
    } catch (error) {
      throw fileError(error, making, 'write');
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }

  /** All of them, newest first. */
  async list(): Promise<Upload[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(names.filter((name) => ID.test(name)).map((id) => this.#read(id)));
    return found.filter((upload) => upload !== undefined).sort((a, b) => b.created - a.created);
  }

  /**
   * The path of a picture.
   * @throws InputError when there is none with this id
   */
  async pathOf(id: string): Promise<string> {
    if (!ID.test(id) || (await this.#read(id)) === undefined)
      throw new NotThereError('there is no such picture');
    return join(this.#folder, id, 'picture.png');
  }

  async #read(id: string): Promise<Upload | undefined> {
    try {
      return uploadFile.parse(JSON.parse(await readFile(join(this.#folder, id, 'upload.json'), 'utf8')));
    } catch {
      return undefined;
    }
  }
}

/** The last part of a name, without characters that move the cursor or the direction of writing. */
export function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  return (
    Array.from(last.replace(/[\p{Cc}\p{Cf}]/gu, ''))
      .slice(0, 200)
      .join('') || 'picture'
  );
}
