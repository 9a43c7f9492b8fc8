import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';
import { decodePicture, fitWithin, writePicture } from '../../image/index.ts';
import { NotThereError } from '../queue/job-queue.ts';
import { MAX_UPLOAD_BYTES, plainName } from './uploads.ts';

/** Maximum number of pictures of a collection. */
const MOST_PICTURES = 50_000;

/** The longest side of a kept picture in pixels: trainings use less. */
const LONGEST_SIDE = 512;

const ID = /^[0-9a-f]{24}$/;

/** Letters, digits and blanks: the name of a folder on every system. */
const CLASS = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _-]{0,59}$/u;

/** The name and the kind of a new collection. */
export const collectionRequest = z.strictObject({
  name: z.string().trim().min(1).max(80),
  kind: z.enum(['pictures', 'text']),
});

const collectionFile = collectionRequest.extend({ id: z.string().regex(ID), created: z.number() });

/** Training data of the person: pictures, or a text. */
export interface Collection extends z.output<typeof collectionFile> {
  /** Pictures in it; characters of a text. */
  readonly count: number;
}

/** Data sets and texts that were uploaded: a folder for each. Pictures are decoded and written again, so that only pixels stay. */
export class Collections {
  readonly #folder: string;
  /** Numbers of the newest pictures, by collection. */
  readonly #counts = new Map<string, number>();

  /** @param folder where to keep them */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new, empty collection. */
  async add({ name, kind }: z.output<typeof collectionRequest>): Promise<Collection> {
    const id = randomBytes(12).toString('hex');
    const kept = { id, name: plainName(name), kind, created: Date.now() };
    const making = join(this.#folder, `.${id}.tmp`);
    try {
      await mkdir(join(making, 'pictures'), { recursive: true });
      await writeFileAtomic(join(making, 'collection.json'), `${JSON.stringify(kept)}\n`);
      await rename(making, join(this.#folder, id));
    } catch (error) {
      throw fileError(error, making, 'write');
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    return { ...kept, count: 0 };
  }

  /**
   * Adds a picture. @param bytes of a picture file @param name of the file, for people @param label its class (default: none)
   * @throws InputError when it cannot be decoded, the label cannot be a folder, or the collection is full
   */
  async addPicture(id: string, bytes: Uint8Array, name: string, label?: string): Promise<{ count: number }> {
    const { count } = await this.#open(id, 'pictures');
    if (bytes.length > MAX_UPLOAD_BYTES) throw tooLarge(bytes.length);
    if (label !== undefined && !CLASS.test(label))
      throw new InputError(
        `"${label}" cannot be the name of a class; it has letters, digits, blanks, hyphens and underscores, at most 60`,
      );
    const number = Math.max(count, this.#counts.get(id) ?? 0) + 1;
    if (number > MOST_PICTURES)
      throw new InputError(`a collection has at most ${MOST_PICTURES} pictures; begin another one`);
    this.#counts.set(id, number);
    const picture = fitWithin(await decodePicture(bytes, plainName(name)), LONGEST_SIDE);
    const folder = join(this.#folder, id, 'pictures', ...(label === undefined ? [] : [label]));
    await mkdir(folder, { recursive: true });
    await writePicture(join(folder, `${String(number).padStart(6, '0')}-${stemOf(name)}.png`), picture);
    return { count: number };
  }

  /** Sets the text of a collection. @throws InputError when it is too large, empty, or not UTF-8 */
  async setText(id: string, bytes: Uint8Array): Promise<{ count: number }> {
    await this.#open(id, 'text');
    if (bytes.length > MAX_UPLOAD_BYTES) throw tooLarge(bytes.length);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new InputError('the file is not text in UTF-8; save it again in this encoding');
    }
    if (text.trim() === '') throw new InputError('the text is empty');
    await writeFileAtomic(join(this.#folder, id, 'text.txt'), text);
    return { count: text.length };
  }

  /** All of them, newest first. */
  async list(): Promise<Collection[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => ID.test(name));
    const found = await Promise.all(names.map((id) => this.#read(id)));
    return found.filter((one) => one !== undefined).sort((a, b) => b.created - a.created);
  }

  /** The path of its pictures or its text. @throws InputError when there is no such collection, or it is empty */
  async pathOf(id: string): Promise<string> {
    const { kind, count } = await this.#open(id);
    if (count === 0) throw new InputError('this collection is empty; add something to it first');
    return join(this.#folder, id, kind === 'text' ? 'text.txt' : 'pictures');
  }

  /** Moves a collection into the trash. @param trash a folder */
  async remove(id: string, trash: string): Promise<void> {
    await this.#open(id);
    await rename(join(this.#folder, id), join(trash, id));
  }

  async #open(id: string, kind?: Collection['kind']): Promise<Collection> {
    const found = ID.test(id) ? await this.#read(id) : undefined;
    if (found === undefined || (kind !== undefined && found.kind !== kind))
      throw new NotThereError('there is no such collection');
    return found;
  }

  async #read(id: string): Promise<Collection | undefined> {
    const folder = join(this.#folder, id);
    try {
      const kept = collectionFile.parse(JSON.parse(await readFile(join(folder, 'collection.json'), 'utf8')));
      if (kept.kind === 'text') {
        const text = await readFile(join(folder, 'text.txt'), 'utf8').catch(() => '');
        return { ...kept, count: text.length };
      }
      const files = await readdir(join(folder, 'pictures'), { recursive: true });
      return { ...kept, count: files.filter((file) => file.endsWith('.png')).length };
    } catch {
      return undefined;
    }
  }
}

function tooLarge(bytes: number): InputError {
  return new InputError(`the file has ${bytes} bytes, above the limit of ${MAX_UPLOAD_BYTES}`);
}

/** The name of a file without its ending, of letters that every file system takes: pictures are found by their names. */
function stemOf(name: string): string {
  const stem = plainName(name).replace(/\.[^.]*$/, '');
  return stem.replace(/[^\p{L}\p{M}\p{N} _-]+/gu, '_').slice(0, 60) || 'picture';
}
