import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { version } from '../../version.ts';
import { writePicture } from '../write/encode.ts';
import { readRecipe } from './read-recipe.ts';
import {
  decodeRecipe,
  encodeRecipe,
  MAX_RECIPE_BYTES,
  recipe,
  recipeFolder,
  recipeInput,
  type Recipe,
} from './recipe.ts';
import { recipeTextOf, recipeXmp } from './recipe-xmp.ts';
import { noise } from '../testing/noise.ts';

const example: Recipe = recipe({
  system: 'dream',
  seed: 42,
  options: {
    layers: { mixed3: 3, mixed4: 2 },
    step: 0.01,
    guide: 'Kätzchen 🐱 "<best> & \'only\'>" \u2028 \\ \u0000\n.png',
    nothing: null,
  },
  inputs: [{ name: '猫 (1).jpg', sha256: 'ab'.repeat(32) }],
});

const extensions = ['png', 'jpg', 'webp', 'avif', 'tif'];

describe('a written picture contains its recipe', () => {
  it.each(extensions)('exactly, in any script: %s', async (extension) => {
    const path = join(await temporaryFolder(), `a.${extension}`);
    await writePicture(path, noise(1, 3, 8, 9), { recipe: example });
    expect(await readRecipe(path)).toEqual(example);
    expect(example.version).toBe(version);
  });

  it.each(extensions)('also when the recipe has the maximum length: %s', async (extension) => {
    const path = join(await temporaryFolder(), `a.${extension}`);
    const without = encodeRecipe({ ...example, options: { note: '' } }).length;
    const longest = { ...example, options: { note: '"'.repeat((MAX_RECIPE_BYTES - without) / 2) } };
    await writePicture(path, noise(1, 1, 8, 9), { recipe: longest });
    expect(await readRecipe(path)).toEqual(longest);
  });

  it('but not when the recipe is too long, and says so', async () => {
    const path = join(await temporaryFolder(), 'a.png');
    const tooLong = { ...example, options: { note: 'x'.repeat(MAX_RECIPE_BYTES) } };
    await expect(writePicture(path, noise(1, 1, 8, 9), { recipe: tooLong })).rejects.toThrow(
      /^recipe: has 48\d\d\d bytes; a picture file can contain at most 48000$/,
    );
    await expect(readFile(path)).rejects.toHaveProperty('code', 'ENOENT');
  });

  it('also after another program has copied its metadata', async () => {
    const folder = await temporaryFolder();
    await writePicture(join(folder, 'a.png'), noise(1, 3, 8, 9), { recipe: example });
    await sharp(join(folder, 'a.png')).keepMetadata().resize(4).toFile(join(folder, 'small.jpg'));
    expect(await readRecipe(join(folder, 'small.jpg'))).toEqual(example);
  });

  it('but pictures of other programs do not', async () => {
    const folder = await temporaryFolder();
    await writePicture(join(folder, 'plain.png'), noise(1, 3, 8, 9));
    const foreign = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><recipe>soup</recipe></x:xmpmeta>';
    await sharp(join(folder, 'plain.png')).withXmp(foreign).toFile(join(folder, 'foreign.png'));
    await writeFile(join(folder, 'text.png'), 'text');
    await writeFile(join(folder, 'broken.png'), (await readFile(join(folder, 'plain.png'))).subarray(0, 20));
    for (const name of ['plain.png', 'foreign.png', 'text.png', 'broken.png'])
      expect(await readRecipe(join(folder, name))).toBeUndefined();
    await expect(readRecipe(join(folder, 'none.png'))).rejects.toThrow(InputError);
  });
});

describe('encodeRecipe', () => {
  // An option named __proto__ is ignored: no option has that name, and a file must not change objects.
  it('is decoded unchanged, for any JSON', () => {
    const optionName = fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(optionName, fc.jsonValue()),
        fc.string({ unit: 'binary' }),
        (options, name) => {
          const given = { ...example, options, inputs: [{ name, sha256: '0'.repeat(64) }] };
          const text = encodeRecipe(given);
          expect(text).toMatch(/^[ -%'-;=?-~]*$/); // ASCII without & < >
          expect(decodeRecipe(text, 'file')).toEqual(JSON.parse(JSON.stringify(given)));
          expect(recipeTextOf(recipeXmp(given))).toBe(text);
        },
      ),
    );
  });
});

describe('recipeTextOf', () => {
  const text = encodeRecipe(example);
  const escaped = text.replaceAll('"', '&quot;').replaceAll("'", '&#39;');

  it.each([
    ['as an element', `<latentbrush:recipe>${text}</latentbrush:recipe>`],
    ['as an element with escapes', `<latentbrush:recipe>\n${escaped}\n</latentbrush:recipe>`],
    ['as an attribute', `<rdf:Description latentbrush:recipe="${escaped}"/>`],
    [
      'with numbers for quotes',
      `<d latentbrush:recipe = '${text.replaceAll("'", '&#x27;').replaceAll('"', '&#34;')}'/>`,
    ],
  ])('finds a recipe that another program has copied: %s', (_, xmp) => {
    expect(decodeRecipe(recipeTextOf(xmp) ?? '', 'file')).toEqual(example);
  });
});

describe('a hostile packet', () => {
  it.each([
    ['of beginnings', 'latentbrush:recipe>'],
    ['of attributes without end', 'latentbrush:recipe='],
    ['of blanks', 'latentbrush:recipe                '],
  ])('%s is read fast', (_, piece) => {
    const start = performance.now();
    expect(recipeTextOf(piece.repeat(500_000))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('with random changes is a recipe or an InputError', () => {
    const text = encodeRecipe(example);
    const change = fc.tuple(fc.nat(text.length), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const broken = changes.reduce(
          (given, [at, cut, put]) => given.slice(0, at) + put + given.slice(at + cut),
          text,
        );
        try {
          expect(decodeRecipe(broken, 'file')).toHaveProperty('system');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^file: [^\n]+$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('decodeRecipe', () => {
  const changed = (change: object) =>
    JSON.stringify({ ...(JSON.parse(encodeRecipe(example)) as object), ...change });

  it.each([
    ['no JSON', '{"format":', /its recipe is damaged; use the picture as it was written$/],
    ['other JSON', '[1]', /its recipe is damaged; use/],
    ['another format', changed({ format: 'soup' }), /its recipe is damaged; use/],
    [
      'a newer version',
      changed({ formatVersion: 2 }),
      /has recipe version 2; this program reads up to 1; update latentbrush$/,
    ],
    ['an invalid seed', changed({ seed: 'x' }), /its recipe is damaged \(seed: [^\n]*\); use/],
    ['invalid options', changed({ options: 3 }), /its recipe is damaged \(options: [^\n]*\); use/],
    [
      'a wrong checksum',
      changed({ inputs: [{ name: 'a', sha256: '12' }] }),
      /\(inputs.0.sha256: [^\n]*\); use/,
    ],
    ['far too much', JSON.stringify('x'.repeat(MAX_RECIPE_BYTES)), /its recipe is damaged; use/],
    ['a deep nest', '['.repeat(20_000) + ']'.repeat(20_000), /its recipe is damaged; use/],
  ])('refuses %s', (_, text, message) => {
    const decode = () => decodeRecipe(text, 'a.png');
    expect(decode).toThrow(InputError);
    expect(decode).toThrow(message);
  });
});

describe('recipeInput', () => {
  it('is the name without the folder and the SHA-256 of the bytes', async () => {
    const path = join(await temporaryFolder(), 'photo.jpg');
    await writeFile(path, 'abc');
    expect(await recipeInput(path)).toEqual({
      name: 'photo.jpg',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', // FIPS 180-2, B.1
    });
    await expect(recipeInput(`${path}.none`)).rejects.toThrow(InputError);
  });
});

describe('recipeFolder', () => {
  it('is one entry for all pictures of a folder, in their order', async () => {
    const folder = join(await temporaryFolder(), 'film');
    await mkdir(folder);
    const [first, second] = [join(folder, '1.png'), join(folder, '2.png')];
    await writeFile(first, 'abc');
    await writeFile(second, 'd');
    const entry = await recipeFolder(`${folder}/.`, [first, second]);
    expect(entry).toMatchObject({ name: 'film', files: 2 });
    expect((await recipeFolder(folder, [second, first])).sha256).not.toBe(entry.sha256);
    const lines = `${(await recipeInput(first)).sha256}\n${(await recipeInput(second)).sha256}\n`;
    expect(entry.sha256).toBe(createHash('sha256').update(lines).digest('hex'));
    const made = { ...example, inputs: [entry] };
    expect(decodeRecipe(encodeRecipe(made), 'file')).toEqual(made);
  });
});
