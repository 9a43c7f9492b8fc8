import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPicture, readRecipe, recipe, withRecipeOptions, writePicture } from '../../../image/index.ts';
import { badPictureFiles, badPictures } from '../../testing/bad-pictures.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, leftHalf, pattern, writeTransparentMask } from '../../testing/pictures.ts';
import { jsonLines, type Finished } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';
import { compare } from './compare.ts';

const dreaming = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '2', '--threads', '1'];
const painting = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--rounds', '1', '--evaluations', '4', '--height', '90', '--threads', '1']; // prettier-ignore

async function program(args: readonly string[], folder: string): Promise<Finished> {
  return call(args, folder);
}

/** Makes something and makes it again; both must succeed. */
async function madeTwice(
  args: readonly string[],
  folder: string,
  file: string,
  again: readonly string[] = [],
  code = 0,
): Promise<Finished> {
  const made = await program([...args, '-o', file, '--quiet'], folder);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const remade = await program(['remake', file, ...again], folder);
  expect(remade).toMatchObject({ code });
  return remade;
}

describe('latentbrush remake', { timeout: 90_000 }, () => {
  it('dreams a dream again, pixel by pixel: guide, mask, size, seed', async () => {
    const folder = await folderOfPictures({
      'photo.png': pattern(150, 120),
      'guide.png': pattern(80, 90, 3),
      'mask.png': leftHalf(110, 88),
    });
    const pictures = ['photo.png', '--guide', 'guide.png', '--mask', 'mask.png', '--size', '110'];
    const args = ['dream', ...pictures, ...dreaming, '--jitter', '4', '--seed', '7'];
    const { stdout, stderr } = await madeTwice(args, folder, 'out.png');
    expect(stdout).toBe('out-again.png\n');
    expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    const [first, second] = await Promise.all(
      ['out.png', 'out-again.png'].map((name) => readPicture(join(folder, name))),
    );
    expect(compare(first!, second!)).toBe(0);
    expect(compare(first!, pattern(110, 88))).not.toBe(0);
  });

  it('reads a mask as version 0.1.0 did for its recipes: transparent parts were white', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(110, 100) });
    await writeTransparentMask(join(folder, 'mask.png'), 110, 100);
    const args = ['dream', 'photo.png', ...dreaming];
    await program([...args, '--mask', 'mask.png', '-o', 'new.png', '--quiet'], folder);
    await program([...args, '-o', 'everywhere.png', '--quiet'], folder);
    const { options, ...made } = (await readRecipe(join(folder, 'new.png')))!;
    expect(options.transparentMask).toBe('black');
    const old = { ...made, job: undefined, options: { ...options, transparentMask: undefined } };
    await writePicture(join(folder, 'old.png'), await readPicture(join(folder, 'everywhere.png')), {
      recipe: old,
    });
    for (const name of ['new.png', 'old.png']) {
      const { stderr } = await program(['remake', name], folder);
      expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    }
  });

  it('visualises noise again, and says how much a lossy file differs', async () => {
    const folder = await folderOfPictures({});
    const args = ['dream', '--noise', '90x80', ...dreaming, '--seed', '3'];
    const same = await madeTwice(args, folder, 'out.webp', ['-o', 'new.png', '--json'], 3);
    expect(same.stderr).toBe('');
    const last = jsonLines(same.stdout).at(-1) as { type: string; difference: number };
    expect(last.type).toBe('compared');
    expect(last.difference).toBeGreaterThan(0);
    expect(last.difference).toBeLessThan(10);
  });

  it('remakes an old dream whose recipe has an option without effect', async () => {
    const folder = await folderOfPictures({});
    const options = {
      noise: { height: 80, width: 90 },
      layers: [{ layer: 'conv2d_5', coefficient: 1 }],
      octaves: 1,
      iterations: 1,
      preprocessing: 'caffe',
    };
    const made = recipe({ system: 'dream', seed: 1, options, inputs: [] });
    await writePicture(join(folder, 'made.png'), pattern(90, 80), { recipe: made });
    expect(await program(['remake', 'made.png'], folder)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^it differs: /m) as string,
    });
  });

  it('overwrites an input only when asked', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(110, 100) });
    await program(['dream', 'photo.png', ...dreaming, '-o', 'out.png', '--quiet'], folder);
    const args = ['remake', 'out.png', '-o', 'photo.png'];
    expect(await refusal(args, folder)).toMatch(/photo\.png: is the same file as the input .*photo\.png/);
    expect(await program([...args, '--overwrite-input'], folder)).toMatchObject({ code: 0 });
    expect(await readPicture(join(folder, 'photo.png'))).toEqual(await readPicture(join(folder, 'out.png')));
  });

  it('dreams out of noise as version 0.1.0 for its recipes, which have no edges', async () => {
    const folder = await folderOfPictures({});
    const args = ['dream', '--noise', '90x80', ...dreaming, '--edges', 'fade', '--jitter', '8'];
    expect(await program([...args, '-o', 'made.png'], folder)).toMatchObject({ code: 0 });
    const { options, ...made } = (await readRecipe(join(folder, 'made.png')))!;
    const { edges, ...before } = options;
    expect(edges).toBe('fade');
    const old = await readPicture(join(folder, 'made.png'));
    await writePicture(join(folder, 'old.png'), old, {
      recipe: { ...made, job: undefined, options: before },
    });
    expect((await program(['remake', 'old.png'], folder)).stderr).toMatch(
      /^the same picture, pixel by pixel$/m,
    );
  });

  it('makes an animation and an exploration again, byte by byte', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
    const animation = ['dream', 'photo.png', ...dreaming, '--zoom', '1.2', '--frames', '2'];
    const again = await madeTwice(animation, folder, 'film.gif');
    const gif = await readFile(join(folder, 'film.gif'));
    expect((await readFile(join(folder, 'film-again.gif'))).equals(gif)).toBe(true);
    expect(again.stderr).toMatch(/^the same animation, byte by byte$/m);

    const tried = [
      'dream',
      'photo.png',
      '--explore',
      '2',
      '--octaves',
      '1',
      '--iterations',
      '1',
      '--threads',
      '1',
    ];
    const { stderr } = await madeTwice(tried, folder, 'sheet.png');
    expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
  });

  it('paints a painting again, pixel by pixel: styles, blend, mask, noise; also with moved inputs', async () => {
    const folder = await folderOfPictures({
      'photo.png': pattern(100, 90),
      'wave.png': pattern(80, 90, 3),
      'dunes.png': pattern(90, 80, 5),
      'mask.png': leftHalf(100, 90),
    });
    const styles = ['wave.png', 'dunes.png', '--style-blend', '2,1', '--mask', 'mask.png', '--init', 'noise'];
    const args = ['style', 'photo.png', ...styles, ...painting, '--seed', '6', '--no-save-rounds'];
    const made = await program([...args, '-o', 'out.png', '--quiet'], folder);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    await mkdir(join(folder, 'elsewhere'));
    for (const name of ['photo.png', 'wave.png', 'dunes.png', 'mask.png'])
      await rename(join(folder, name), join(folder, 'elsewhere', name));
    expect(await refusal(['remake', 'out.png'], folder)).toMatch(
      /remake: "photo\.png" \(SHA-256 [0-9a-f]{12}\.\.\.\) was not found in \.; give its folder with --inputs/,
    );
    const { code, stderr } = await program(['remake', 'out.png', '--inputs', 'elsewhere'], folder);
    expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    expect(code).toBe(0);
  });
});

describe('remake: bad input ends in one line on standard error, code 2 and nothing half-written', () => {
  it.each([
    ...Object.keys(badPictures).map((name): [string, string, RegExp] => [
      `the file ${name}`,
      name,
      new RegExp(`${name.replace('.', String.raw`\.`)}: `),
    ]),
    ['a missing file', 'none.png', /none\.png: no such file or folder; check the path/],
    ['a folder', '.', /\.: is a folder; a picture file is needed here/],
    ['a picture that was not made here', 'photo.png', /photo\.png: contains no recipe; choose/],
  ])('%s', async (_, name, message) => {
    const folder = await folderOfPictures({ 'photo.png': pattern(60, 50) });
    for (const [file, bytes] of Object.entries(await badPictureFiles()))
      await writeFile(join(folder, file), bytes);
    expect(await refusal(['remake', name], folder)).toMatch(message);
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['another system', 'gan', {}, /pictures of the system "gan" cannot be made again/],
    ['a trained style', 'style', { fast: true }, /does not name all inputs \(picture\); repeat the command/],
    [
      'a round that does not exist',
      'style',
      { rounds: 3, round: 4 },
      /does not name all inputs \(content, styles\)/,
    ],
    ['an octave that does not exist', 'dream', { octave: 4 }, /octave: 4 was given; this dream has 3/],
    ['an invalid place', 'dream', { stoppedAt: { octave: 0 } }, /does not fit this version \(stoppedAt\b/],
    [
      'rules that do not exist',
      'dream',
      { rules: 99 },
      /does not fit this version \(rules: it must be 1 or 2\)/,
    ],
    ['a style without pictures', 'style', {}, /does not name all inputs \(content, styles\)/],
    ['a dream without its picture', 'dream', {}, /neither a picture nor a size of noise was given/],
    ['the frames of a folder, without that', 'dream', { carry: 0.5, frame: 1 }, /does not name all inputs \(frames\); repeat the command that made the file/], // prettier-ignore
    ['a frame, without its number', 'dream', { noise: { height: 99, width: 99 }, film: { frames: 9, zoom: 1.1, framesPerSecond: 20 } }, /made\.png: is one frame of an animation, but its recipe \(of an earlier version\) does not record which/], // prettier-ignore
    [
      'options out of range',
      'dream',
      { octaves: 1e9 },
      /does not fit this version \(octaves: it must be a whole number between 1 and 20\)/,
    ],
    ['more frames than can be', 'dream', { noise: { height: 9, width: 9 }, film: { frames: 1e12, zoom: 1.1, framesPerSecond: 20 }, frame: 3 }, /--frames: 1000000000000 is not a number of frames/], // prettier-ignore
    ['enormous noise', 'dream', { noise: { height: 60_000, width: 60_000 } }, /noise: has 60000x60000 pixels .* above the limit of/], // prettier-ignore
    ['a network that is a path', 'dream', { noise: { height: 9, width: 9 }, backbone: '/etc/passwd' }, /backbone "\/etc\/passwd" does not exist/], // prettier-ignore
    ['a network that is a file', 'dream', { noise: { height: 9, width: 9 }, backbone: '/tmp/own.onnx' }, /does not fit this version \(backbone: give an \.onnx file/], // prettier-ignore
  ])('a recipe of %s', async (_, system, options, message) => {
    const folder = await folderOfPictures({ 'photo.png': pattern(60, 50) });
    const made = recipe({ system, seed: 1, options, inputs: [] });
    await writePicture(join(folder, 'made.png'), pattern(60, 50), { recipe: made });
    expect(await refusal(['remake', 'made.png'], folder)).toMatch(message);
  });

  it('an input that has changed, and a recipe that names a path', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
    await program(['dream', 'photo.png', ...dreaming, '-o', 'out.png', '--quiet'], folder);
    await writePicture(join(folder, 'photo.png'), pattern(100, 90, 2));
    expect(await refusal(['remake', 'out.png'], folder)).toMatch(
      /"photo\.png" .* was not found in \.; photo\.png is a different file with that name; give its folder/,
    );
    const inputs = [{ name: '../../etc/hostname', sha256: '0'.repeat(64) }];
    const made = recipe({ system: 'dream', seed: 1, options: { roles: { picture: [0] } }, inputs });
    await writePicture(join(folder, 'made.png'), pattern(60, 50), { recipe: made });
    expect(await refusal(['remake', 'made.png'], folder)).toMatch(/was not found in \.; give its folder/);
    const above = recipe({ ...made, inputs: [{ name: '..', sha256: '0'.repeat(64), files: 1 }] });
    await writePicture(join(folder, 'frame.png'), pattern(60, 50), {
      recipe: withRecipeOptions(above, { frame: 1 }),
    });
    expect(await refusal(['remake', 'frame.png'], folder)).toMatch(/was not found in \.; give its folder/);
  });
});
