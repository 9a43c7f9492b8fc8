import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { corpora, loadMobyDick } from './corpora.ts';
import { loadCorpus } from './corpus.ts';

// Copies of the real texts, if they are beside the repository.
const texts = fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));

beforeEach(() => {
  vi.stubEnv('LATENTBRUSH_DATA_DIR', undefined);
  vi.stubEnv('LATENTBRUSH_CACHE_DIR', undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function fileWith(contents: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'poem.txt');
  await writeFile(path, contents);
  return path;
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  const message = error instanceof Error ? error.message : '';
  expect(message).not.toContain('\n');
  return message;
}

async function* pieces(...parts: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

describe('a file as a corpus', () => {
  it('is read with its name, size, digest and place', async () => {
    const path = await fileWith('Das Schöne\n');
    const sha256 = createHash('sha256').update('Das Schöne\n').digest('hex');
    expect(await loadCorpus(path)).toEqual({
      name: 'poem.txt',
      text: 'Das Schöne\n',
      bytes: 12,
      sha256,
      source: path,
    });
  });

  it('is read without its byte order mark, with lines that end in LF', async () => {
    const path = await fileWith('\ufeffeins\r\nzwei\r\n\r\ndrei\rvier\u0085fünf\u2028');
    expect((await loadCorpus(path)).text).toBe('eins\nzwei\n\ndrei\nvier\u0085fünf\u2028');
    const before = await loadCorpus(path, { rules: 1 }); // as version 0.1.0 read it
    expect(before.text).toBe('eins\nzwei\n\ndrei\rvier\u0085fünf\u2028');
  });

  it('has each accented letter as one character, composed or decomposed', async () => {
    const path = await fileWith('éléphant, e\u0301le\u0301phant');
    expect((await loadCorpus(path)).text).toBe('éléphant, éléphant');
    expect((await loadCorpus(path, { rules: 1 })).text).toBe('éléphant, e\u0301le\u0301phant');
  });

  it.each(['utf-16le', 'utf-16be'])('can be UTF-16 with a byte order mark: %s', async (encoding) => {
    const bytes = Buffer.from('\ufeffeins\r\nzwei 🐳', 'utf16le');
    const path = await fileWith(encoding === 'utf-16le' ? bytes : bytes.swap16());
    expect((await loadCorpus(path)).text).toBe('eins\nzwei 🐳');
  });

  it('can be in any script', async () => {
    const text = '고래는 바다에 산다 🐳\n';
    expect((await loadCorpus(await fileWith(text))).text).toBe(text);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /is empty; a text is needed/],
    ['a file of blanks', ' \n\t\n', /contains only blanks/],
    ['a binary file', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /is binary \(a zero at byte 4\)/],
    ['UTF-16 without its mark', Buffer.from('abcdefgh', 'utf16le'), /seems to be UTF-16 .* save it as UTF-8/],
    [
      'UTF-16 that is truncated',
      Buffer.from('\ufeffabc', 'utf16le').subarray(0, 7),
      /damaged or truncated UTF-16/,
    ],
    ['binary after a mark', Buffer.from('\ufeffab\0', 'utf16le'), /is binary \(a zero at byte 6\)/],
    ['UTF-32 text', Uint8Array.of(0xff, 0xfe, 0, 0, 0x54, 0, 0, 0), /is UTF-32 text; save it as UTF-8/],
    ['UTF-32BE text', Uint8Array.of(0, 0, 0xfe, 0xff, 0, 0, 0, 0x54), /is UTF-32 text; save it as UTF-8/],
    ['Latin-1 text', Buffer.from('Werthschätzung', 'latin1'), /is not UTF-8 \(at byte 9\); save it as UTF-8/],
    ['text that ends within a character', Buffer.from('Schö').subarray(0, 4), /is not UTF-8 \(at byte 4\)/],
  ])('is refused when it is %s', async (_, contents, message) => {
    const path = await fileWith(contents);
    const found = await messageOf(loadCorpus(path));
    expect(found).toMatch(message);
    expect(found.startsWith(`${path}: `)).toBe(true);
  });

  it('is refused when it is too large, before it is read', async () => {
    const path = await fileWith('');
    await truncate(path, 2 ** 40); // a terabyte, none of it on the disk
    expect(await messageOf(loadCorpus(path))).toMatch(
      /1099511627776 bytes .* above the limit of 268435456 \(256 MiB\)/,
    );
    expect(await messageOf(loadCorpus(await fileWith('abcd'), { maxBytes: 3 }))).toMatch(/has 4 bytes/);
  });
});

describe('a folder as a corpus', () => {
  it('is all its .txt and .md files, in the order of their paths, and no others', async () => {
    const folder = join(await temporaryFolder(), 'poems');
    await mkdir(join(folder, 'b'), { recursive: true });
    await writeFile(join(folder, 'c.TXT'), 'third');
    await writeFile(join(folder, 'b', 'x.md'), '# second');
    await writeFile(join(folder, 'a.txt'), 'first');
    await writeFile(join(folder, 'empty.txt'), '');
    await writeFile(join(folder, 'picture.png'), Uint8Array.of(0, 255));
    expect(await loadCorpus(folder)).toMatchObject({
      name: 'poems',
      text: 'first\n# second\nthird',
      source: folder,
    });
  });

  it('has its chapters in natural order, also linked ones', async () => {
    const folder = await temporaryFolder();
    const poems = join(folder, 'poems');
    await mkdir(poems);
    for (const name of ['a1.txt', 'a10.txt', 'a2.txt']) await writeFile(join(poems, name), name);
    await writeFile(join(folder, 'elsewhere.txt'), 'linked');
    await symlink('../elsewhere.txt', join(poems, 'a3.txt'));
    expect((await loadCorpus(poems)).text).toBe('a1.txt\na2.txt\nlinked\na10.txt');
    expect((await loadCorpus(poems, { rules: 1 })).text).toBe('a1.txt\na10.txt\na2.txt');
    await symlink('gone.txt', join(poems, 'a4.txt'));
    expect(await messageOf(loadCorpus(poems))).toBe(
      `${join(poems, 'a4.txt')}: is a link to gone.txt, which does not exist; fix or remove it`,
    );
  });

  it('is refused when it has no texts, and names a wrong file', async () => {
    const folder = await temporaryFolder();
    expect(await messageOf(loadCorpus(folder))).toMatch(/contains no \.txt or \.md file/);
    await writeFile(join(folder, 'a.txt'), '');
    expect(await messageOf(loadCorpus(folder))).toMatch(/are empty/);
    await writeFile(join(folder, 'b.txt'), Uint8Array.of(0xc3));
    expect(await messageOf(loadCorpus(folder))).toContain(`${join(folder, 'b.txt')}: is not UTF-8`);
  });

  it('is refused when its files together are too large', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a.txt', 'b.txt']) await writeFile(join(folder, name), 'abcd');
    expect(await messageOf(loadCorpus(folder, { maxBytes: 7 }))).toContain(`${folder}: has 8 bytes`);
  });
});

describe('the standard input as a corpus', () => {
  it('is read to its end, also characters split between two chunks', async () => {
    const whale = Buffer.from('🐳');
    const stdin = pieces('ein ', whale.subarray(0, 2), whale.subarray(2));
    expect(await loadCorpus('-', { stdin })).toMatchObject({
      name: 'stdin',
      text: 'ein 🐳',
      source: 'stdin',
    });
  });

  it('is refused when it is empty or too large', async () => {
    expect(await messageOf(loadCorpus('-', { stdin: pieces() }))).toBe('stdin: is empty; a text is needed');
    expect(await messageOf(loadCorpus('-', { stdin: pieces('abc', 'def'), maxBytes: 5 }))).toMatch(
      /^stdin: has 6 bytes/,
    );
  });
});

describe('a corpus by name', () => {
  it('moby-dick comes with the program: 135 chapters and the epilogue, without other text', async () => {
    const { text, name, bytes } = await loadCorpus('moby-dick', { offline: true });
    expect(name).toBe('moby-dick');
    expect(text).toMatch(/^CHAPTER 1\. Loomings\.\n\nCall me Ishmael\. Some years ago/);
    expect(text).toMatch(/only found another orphan\.\n$/);
    expect(text.match(/^CHAPTER \d+\. \S/gm)).toHaveLength(135);
    expect(text).not.toMatch(/\n{4}|\r|\t/);
    expect(bytes).toBe(corpora.find((entry) => entry.name === name)?.size);
    expect(await loadMobyDick()).toBe(text);
  });

  it('is found in upper or lower case, but a path of that name takes precedence', async () => {
    expect((await loadCorpus('Moby-Dick')).name).toBe('moby-dick');
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'moby-dick'), 'mine');
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect((await loadCorpus('moby-dick')).text).toBe('mine');
    } finally {
      process.chdir(before);
    }
  });

  it.each(['nietzsche.txt', 'text/nietzsche.txt'])('is read from the data folder: %s', async (place) => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, 'text'));
    await writeFile(join(dataDir, place), 'Supposing that Truth is a woman');
    const expected = {
      name: 'nietzsche',
      text: 'Supposing that Truth is a woman',
      source: join(dataDir, place),
    };
    expect(await loadCorpus('nietzsche', { dataDir, offline: true })).toMatchObject(expected);
    vi.stubEnv('LATENTBRUSH_DATA_DIR', dataDir);
    expect(await loadCorpus('nietzsche', { offline: true })).toMatchObject(expected);
  });

  it('is read from the cache only if it is the known edition', async () => {
    const cacheDir = await temporaryFolder();
    await mkdir(join(cacheDir, 'text'));
    await writeFile(join(cacheDir, 'text', 'shakespeare.txt'), 'First Citizen:');
    vi.stubEnv('LATENTBRUSH_CACHE_DIR', cacheDir);
    expect(await messageOf(loadCorpus('shakespeare', { offline: true }))).toContain('not in the cache');
  });

  it('offline and not in the cache, says what to do', async () => {
    const cacheDir = await temporaryFolder();
    const message = await messageOf(loadCorpus('nietzsche', { offline: true, cacheDir }));
    expect(message).toContain(join(cacheDir, 'text', 'nietzsche.txt'));
    expect(message).toMatch(/go online once, or give a file by path/);
  });

  it('that is unknown is refused with the nearest names and other possibilities', async () => {
    expect(await messageOf(loadCorpus('neitzsche'))).toBe(
      'neitzsche: no such file, folder or corpus; nearest name: nietzsche; ' +
        'give a path, - for stdin, or a known corpus (moby-dick, nietzsche, shakespeare)',
    );
    expect(await messageOf(loadCorpus('./books/faust.txt'))).not.toContain('nearest');
    expect(await messageOf(loadCorpus(''))).toMatch(/the name is empty/);
  });

  it('stops when the signal has aborted', async () => {
    await expect(loadCorpus('moby-dick', { signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow(
      'Ctrl-C',
    );
  });

  // The copy of Nietzsche lacks the first line of the file that the book downloads.
  it.skipIf(!existsSync(texts)).each([
    ['nietzsche', 'PREFACE\n', 600_893],
    ['shakespeare', '', 1_115_394],
  ])(
    '%s: the checksum is that of the real text (needs ../shared/data)',
    async (name, firstLine, characters) => {
      const entry = corpora.find((one) => one.name === name);
      const copy = await loadCorpus(name, { dataDir: texts, offline: true });
      const cacheDir = await temporaryFolder();
      await mkdir(join(cacheDir, 'text'));
      await writeFile(join(cacheDir, 'text', `${name}.txt`), firstLine + copy.text);

      // A copy in the cache is used only if the checksum matches, without a request.
      const corpus = await loadCorpus(name, { cacheDir, offline: true });
      expect(corpus.text).toHaveLength(characters);
      expect(corpus).toMatchObject({ bytes: entry?.size, sha256: entry?.sha256, source: entry?.url });
    },
  );
});

it('sources are absolute, so that a run finds its corpus again from another folder', async () => {
  const path = await fileWith('abc');
  expect((await loadCorpus(path)).source).toBe(resolve(path));
});
