import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as op from '@latentbrush/engine';
import { Random, type Tensor } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fileFormat } from '../../image/file-format.ts';
import { readPicture, readRecipe, type Picture } from '../../image/index.ts';
import { onnxFile } from '../../weights/testing/onnx-files.ts';
import { pretrainedWeights } from '../../weights/registry.ts';
import { compare } from '../remake/compare.ts';
import { badPictureFiles, badPictures } from '../testing/bad-pictures.ts';
import { badWeights, badWeightsFiles } from '../testing/bad-weights.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, leftHalf, pattern } from '../testing/pictures.ts';
import { built, environment, finish, jsonLines, start, type Finished } from '../testing/program.ts';
import { refusal } from '../testing/refusal.ts';

const photo = pattern(110, 100);
/** A shallow layer and two steps at one size: a fraction of a second. */
const quick = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '2', '--threads', '1'];

/** The program in a folder with the photograph. */
async function dream(args: readonly string[], folder: string): Promise<Finished> {
  return call(['dream', ...args], folder);
}

/** Dreams, and reads what was written. */
async function dreamed(args: readonly string[], folder: string, file = 'out.png'): Promise<Picture> {
  const { code, stderr } = await dream(['photo.png', '-o', file, '--quiet', ...args], folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readPicture(join(folder, file));
}

const folderWithPhoto = (): Promise<string> => folderOfPictures({ 'photo.png': photo });

describe('latentbrush dream', { timeout: 90_000 }, () => {
  it('without options writes <picture>-dream.png: of the same size, changed, with its recipe', async () => {
    const large = pattern(224, 220);
    const folder = await folderOfPictures({ 'large.png': large });
    const { code, stdout } = await dream(['large.png', '--threads', '1'], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'large-dream.png\n' });
    const change = compare(large, await readPicture(join(folder, 'large-dream.png')));
    expect(change).toBeGreaterThan(3);
    expect(change).toBeLessThan(60);
    const recipe = await readRecipe(join(folder, 'large-dream.png'));
    expect(recipe).toMatchObject({ system: 'dream', seed: 1, inputs: [{ name: 'large.png' }] });
    expect(recipe?.options).toMatchObject({ backbone: 'inception_v3', octaves: 3, iterations: 20 });
  });

  it.each([
    ['png', 'PNG'],
    ['jpg', 'JPEG'],
    ['jpeg', 'JPEG'],
    ['webp', 'WebP'],
    ['avif', 'AVIF'],
    ['tif', 'TIFF'],
    ['TIFF', 'TIFF'],
  ])('writes .%s', async (extension, readable) => {
    const folder = await folderWithPhoto();
    const { width, height } = await dreamed([...quick, '--iterations', '0'], folder, `x.${extension}`);
    expect({ width, height }).toEqual({ width: 110, height: 100 });
    expect(fileFormat(await readFile(join(folder, `x.${extension}`)))).toEqual({ readable });
  });

  it('excites the layers and channels that are asked for, with their coefficients', async () => {
    const folder = await folderWithPhoto();
    const terms = async (layers: string): Promise<object> => {
      const args = ['photo.png', ...quick, '--layers', layers, '--iterations', '1', '--json'];
      const { stdout } = await dream(args, folder);
      return jsonLines(stdout).find(({ type }) => type === 'step')?.terms as object;
    };
    const mixed = await terms('conv2d_5=1,mixed0:123=-0.5');
    expect(Object.keys(mixed)).toEqual(['conv2d_5', 'mixed0:123']);
    expect(await terms('mixed0:123=1')).toEqual({
      'mixed0:123': expect.closeTo(-2 * (mixed as Record<string, number>)['mixed0:123']!, 5) as number,
    });
    expect(await terms('mixed0:124')).not.toEqual(await terms('mixed0:123'));
  });

  it('dreams of one channel of a deep layer', async () => {
    const large = pattern(160, 150);
    const folder = await folderOfPictures({ 'photo.png': large });
    const picture = await dreamed([...quick, '--layers', 'mixed4:134=1', '--iterations', '1'], folder);
    expect(compare(picture, large)).toBeGreaterThan(0.5);
  });

  it('--guide steers the dream, and is told in the recipe', async () => {
    const folder = await folderOfPictures({ 'photo.png': photo, 'guide.png': pattern(90, 100, 3) });
    const guided = await dreamed([...quick, '--guide', 'guide.png', '--layers', 'mixed0=1'], folder);
    const alone = await dreamed([...quick, '--layers', 'mixed0=1'], folder, 'alone.png');
    expect(compare(guided, alone)).toBeGreaterThan(0.1);
    const recipe = await readRecipe(join(folder, 'out.png'));
    expect(recipe?.inputs.map(({ name }) => name)).toEqual(['photo.png', 'guide.png']);
    expect(recipe?.options.roles).toEqual({ picture: [0], guide: [1] });
  });

  it('--mask leaves what is black as it was', async () => {
    const folder = await folderOfPictures({ 'photo.png': photo, 'mask.png': leftHalf(110, 100) });
    const { data } = await dreamed([...quick, '--mask', 'mask.png'], folder);
    const changed = (right: boolean): number =>
      data.filter((value, i) => i % 110 >= 55 === right && value !== photo.data[i]).length;
    expect(changed(true)).toBe(0);
    expect(changed(false)).toBeGreaterThan(data.length / 4);
  });

  it('--explore writes a sheet of mixes, and for each the command that dreams it', async () => {
    const folder = await folderOfPictures({ 'my photo.png': photo, 'mask.png': leftHalf(110, 100) });
    const settings = ['--octaves', '1', '--iterations', '2', '--step', '0.03', '--threads', '1'];
    const args = ['my photo.png', '--explore', '2', '--mask', 'mask.png', '--seed', '3', ...settings];
    const { code, stdout, stderr } = await dream([...args, '--quiet'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [name, first = '', second, ...more] = stdout.trimEnd().split('\n');
    expect([name, more]).toEqual(['my photo-explore.png', []]);
    expect(first).toMatch(
      /^ {2}1: latentbrush dream 'my photo\.png' --mask mask\.png .*--layers mixed\d=[\d.]+(,|$)/,
    );
    expect(second).toMatch(/^ {2}2: latentbrush dream 'my photo\.png' .*--layers /);
    const sheet = await readPicture(join(folder, 'my photo-explore.png'));
    expect(find(photo, sheet)).toBe(false);
    const again = first.slice(first.indexOf('--mask')).split(' ');
    await dream(['my photo.png', '-o', 'again.png', ...again], folder);
    expect(find(await readPicture(join(folder, 'again.png')), sheet)).toBe(true);
  });

  it('--noise visualises a feature', async () => {
    const folder = await folderWithPhoto();
    const args = ['--noise', '96x80', '--layers', 'conv2d_5:3=1', '--octaves', '1', '--iterations', '3'];
    const loss = async (seed: string): Promise<number[]> => {
      const { stdout } = await dream([...args, '--seed', seed, '--threads', '1', '--json'], folder);
      return jsonLines(stdout)
        .filter(({ type }) => type === 'step')
        .map(({ loss }) => loss as number);
    };
    const [before = 0, , after = 0] = await loss('1');
    expect(after).toBeGreaterThan(before);
    const { width, height } = await readPicture(join(folder, 'noise-dream.png'));
    expect({ width, height }).toEqual({ width: 96, height: 80 });
    expect((await loss('2'))[0]).not.toBe(before);
  });

  it('--zoom falls into the dream: an animation of so many frames', async () => {
    const folder = await folderWithPhoto();
    const film = ['--zoom', '1.2', '--frames', '3', '--fps', '10', '--json'];
    const { code, stdout, stderr } = await dream(['photo.png', ...film, ...quick], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toEqual([
      { type: 'frame', frame: 1, total: 3 },
      { type: 'frame', frame: 2, total: 3 },
      { type: 'frame', frame: 3, total: 3 },
      { type: 'done', reason: 'finished', frames: 3, path: 'photo-dream.gif' },
    ]);
    const { pages, delay, width } = await sharp(join(folder, 'photo-dream.gif')).metadata();
    expect({ pages, delay, width }).toEqual({ pages: 3, delay: [100, 100, 100], width: 110 });
  });

  it('a zoom into a folder is a picture for each frame, each nearer than the last', async () => {
    const folder = await folderWithPhoto();
    const film = ['--zoom', '2', '--frames', '2', '-o', 'frames', '--iterations', '0', '--quiet'];
    const { code, stdout } = await dream(['photo.png', ...quick, ...film], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'frames\n' });
    expect((await readdir(join(folder, 'frames'))).sort()).toEqual(['frame-1.png', 'frame-2.png']);
    expect(compare(await readPicture(join(folder, 'frames', 'frame-1.png')), photo)).toBe(0);
    const middle = (await readPicture(join(folder, 'frames', 'frame-2.png'))).data[50 * 110 + 55]!;
    expect(Math.abs(middle - photo.data[50 * 110 + 55]!)).toBeLessThan(15);
  });

  it('a folder of frames becomes another, and the dream is carried from frame to frame', async () => {
    const folder = await folderOfPictures({ 'film/1.png': photo, 'film/2.png': photo });
    const frames = async (carry: string): Promise<Picture[]> => {
      const { code, stdout } = await dream(['film', ...quick, '--carry', carry, '-o', `c${carry}`], folder);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `c${carry}\n` });
      return Promise.all([1, 2].map((n) => readPicture(join(folder, `c${carry}`, `frame-${n}.png`))));
    };
    const [[first], [carriedFirst, carried]] = [await frames('0'), await frames('1')];
    expect(compare(first!, carriedFirst!)).toBe(0);
    // The same frame twice: with the dream carried on it becomes twice as deep.
    expect(compare(photo, carried!)).toBeGreaterThan(1.4 * compare(photo, first!)!);
  });

  it('--save-octaves keeps the picture of each size', async () => {
    const folder = await folderWithPhoto();
    await dreamed([...quick, '--octaves', '2', '--octave-scale', '2', '--save-octaves'], folder);
    const sizes = await Promise.all(
      [1, 2].map(async (octave) => {
        const { width, height } = await readPicture(join(folder, `out-octave-${octave}.png`));
        return `${width}x${height}`;
      }),
    );
    expect(sizes).toEqual(['55x50', '110x100']);
    const [out, last] = await Promise.all(['out.png', 'out-octave-2.png'].map((name) => readPicture(join(folder, name)))); // prettier-ignore
    expect(compare(out!, last!)).toBe(0);
  });

  it('--size makes a larger picture smaller first, --tile works in squares', async () => {
    const folder = await folderWithPhoto();
    const whole = await dreamed([...quick, '--size', '88'], folder);
    expect([whole.width, whole.height]).toEqual([88, 80]);
    const tiled = await dreamed([...quick, '--size', '88', '--tile', '48'], folder, 'tiled.png');
    expect(compare(whole, tiled)).toBeGreaterThan(0.01);
    expect(compare(whole, tiled)).toBeLessThan(10);
  });

  it('--json writes one event a line and nothing else; --quiet the path alone', async () => {
    const folder = await folderWithPhoto();
    const { stdout, stderr } = await dream(['photo.png', ...quick, '--json'], folder);
    expect(stderr).toBe('');
    const lines = jsonLines(stdout);
    expect(lines.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'octave', 'done']);
    expect(lines[0]).toEqual({ type: 'start', octaves: [[100, 110]], total: 2 });
    expect(lines[2]).toMatchObject({ octave: 1, iteration: 2, done: 2, total: 2 });
    expect(lines[2]?.loss).toBeGreaterThan(lines[1]?.loss as number);
    expect(lines.at(-1)).toEqual({ type: 'done', reason: 'finished', path: 'photo-dream.png' });
    expect(await dream(['photo.png', ...quick, '--quiet'], folder)).toEqual({
      code: 0,
      stdout: 'photo-dream.png\n',
      stderr: '',
    });
  });

  it('the same seed gives the same bytes, another seed others', async () => {
    const folder = await folderWithPhoto();
    const bytes = async (seed: string, file: string): Promise<Buffer> => {
      await dreamed([...quick, '--jitter', '9', '--seed', seed], folder, file);
      return readFile(join(folder, file));
    };
    const first = await bytes('5', 'a.png');
    expect((await bytes('5', 'b.png')).equals(first)).toBe(true);
    await bytes('6', 'c.png');
    const [a, c] = await Promise.all(['a.png', 'c.png'].map((file) => readPicture(join(folder, file))));
    expect(compare(a!, c!)).toBeGreaterThan(0);
  });

  const endless = ['photo.png', ...quick, '--iterations', '9999', '--max-loss', '1e9'];

  it('on Ctrl-C writes the picture so far and ends with 130', async () => {
    const folder = await folderWithPhoto();
    const args = ['dream', ...endless, '--json'];
    const { code, stdout, stderr } = await call(args, folder, { interruptAfter: '"type":"step"' });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(jsonLines(stdout).at(-1)).toEqual({ type: 'done', reason: 'aborted', path: 'photo-dream.png' });
    expect(compare(await readPicture(join(folder, 'photo-dream.png')), photo)).toBeGreaterThan(0.1);
  });

  it('on Ctrl-C a film ends with the frames it has, an exploration with its mixes', async () => {
    const folder = await folderWithPhoto();
    const film = ['dream', 'photo.png', ...quick, '--zoom', '1.1', '--frames', '9999', '--json'];
    const { code, stdout } = await call(film, folder, { interruptAfter: '"frame":2' });
    expect(code).toBe(130);
    const last = jsonLines(stdout).at(-1);
    expect(last).toMatchObject({ type: 'done', reason: 'aborted' });
    expect((await sharp(join(folder, 'photo-dream.gif')).metadata()).pages).toBe(last?.frames);

    const mixes = ['dream', 'photo.png', '--explore', '200', '--octaves', '1', '--iterations', '1'];
    const stopped = await call(mixes, folder, { interruptAfter: '' });
    expect(stopped).toEqual({
      code: 130,
      stdout: '',
      stderr:
        'stopping after this step; once more ends at once\ninterrupted before there was anything to keep\n',
    });
  });

  it('on Ctrl-C keeps the frames that a folder has so far', async () => {
    const frames = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`film/${n}.png`, photo]));
    const folder = await folderOfPictures(frames);
    const args = ['dream', 'film', ...quick, '-o', 'frames', '--json'];
    const { code, stdout } = await call(args, folder, { interruptAfter: '"frame":2' });
    expect(code).toBe(130);
    const last = jsonLines(stdout).at(-1);
    expect(last).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await readdir(join(folder, 'frames'))).toHaveLength(last?.frames as number);
  });

  it('on Ctrl-C before the first frame is done ends with 130 and leaves nothing', async () => {
    const folder = await folderWithPhoto();
    const args = ['dream', ...endless, '--frames', '3', '-o', 'film'];
    expect(await call(args, folder, { interruptAfter: '' })).toEqual({
      code: 130,
      stdout: '',
      stderr:
        'stopping after this step; once more ends at once\ninterrupted before there was anything to keep\n',
    });
    expect(await readdir(folder)).toEqual(['photo.png']);
  });

  it.skipIf(!built)('as a program obeys the signal, too (needs the build in dist/)', async () => {
    const folder = await folderWithPhoto();
    const child = start(['dream', ...endless, '--json'], folder, environment(folder));
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect((await finish(child)).code).toBe(130);
    expect((await readdir(folder)).sort()).toEqual(['photo-dream.png', 'photo.png']);
  });
});

/** Whether a picture is a part of another, to the pixel. */
function find(part: Picture, whole: Picture): boolean {
  const at = (top: number, left: number): boolean => {
    for (let i = 0; i < part.data.length; i++) {
      const column = i % part.width;
      const row = Math.floor(i / part.width) % part.height;
      const channel = Math.floor(i / (part.width * part.height));
      const place = (channel * whole.height + top + row) * whole.width + left + column;
      if (part.data[i] !== whole.data[place]) return false;
    }
    return true;
  };
  for (let top = 0; top + part.height <= whole.height; top++)
    for (let left = 0; left + part.width <= whole.width; left++) if (at(top, left)) return true;
  return false;
}

/** A network with two convolutions, as an ONNX file. */
function ownNetwork(build: (features: Tensor) => Tensor = op.relu): Uint8Array {
  const kernel = op.float32(new Float32Array(5 * 3 * 3 * 3), [5, 3, 3, 3]);
  new Random(2).fillUniform(kernel.data, -1, 1);
  const image = op.input('image', [1, 3, 64, 64]);
  const features = op.conv2d(image, op.constant(kernel), { strides: 2, padding: 'same' });
  return op.encodeOnnx(new op.Graph({ features: build(features) }));
}

describe('latentbrush dream with an ONNX file', () => {
  const own = [...quick, '--backbone', 'own.onnx', '--layers', 'features=1'];

  it('excites the outputs of its nodes, and its file is told in the recipe', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const picture = await dreamed(own, folder);
    expect(compare(picture, photo)).toBeGreaterThan(0.5);
    const other = await dreamed([...own, '--preprocessing', 'none'], folder, 'other.png');
    expect(compare(picture, other)).toBeGreaterThan(0);
    expect((await readRecipe(join(folder, 'out.png')))?.options.roles).toEqual({ picture: [0], backbone: [1] }); // prettier-ignore
  });

  it('--explore draws from its own layers', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const args = [
      'photo.png',
      '--backbone',
      'own.onnx',
      '--explore',
      '2',
      '--octaves',
      '1',
      '--iterations',
      '1',
    ];
    const { code, stdout } = await dream(args, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^photo-explore\.png\n {2}1: .* --layers (features|Conv_1)=.*\n {2}2: /);
  });

  it('on Ctrl-C within the first frame of a film keeps that as far as it came', async () => {
    const large = pattern(600, 500);
    const folder = await folderOfPictures({ 'photo.png': large });
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const args = ['dream', 'photo.png', ...own, '--iterations', '9999', '--max-loss', '1e9'];
    const film = [...args, '--frames', '3', '-o', 'film'];
    const { code, stdout, stderr } = await call(film, folder, { interruptAfter: '', interruptDelay: 2000 });
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'film\n' });
    expect(stderr).toMatch(/^interrupted: the first of 3 frames, as far as it came$/m);
    expect(await readdir(join(folder, 'film'))).toEqual(['frame-1.png']);
    const picture = await readPicture(join(folder, 'film', 'frame-1.png'));
    expect(compare(picture, large)).toBeGreaterThan(0.1);
    const made = await readRecipe(join(folder, 'film', 'frame-1.png'));
    expect(made?.options).toMatchObject({ frame: 1, stoppedAt: { frame: 1, unfinished: true } });
  });

  it.each([
    [
      'of which nothing is left',
      '9',
      /photo\.png: octave 1 is 7x6; features needs at least 12x12 \(--octaves 7 fits\)/,
    ],
    [
      'that its window does not fit in',
      '15',
      /photo\.png: octave 1 is 1x1; features needs at least 12x12 \(--octaves 7 fits\)/,
    ],
  ])('says of an octave %s what it needs', async (_, octaves, message) => {
    const folder = await folderWithPhoto();
    const file = ownNetwork((features) => op.averagePool(features, { poolSize: 2, strides: 1 }));
    await writeFile(join(folder, 'own.onnx'), file);
    expect(await refusal(['dream', 'photo.png', ...own, '--octaves', octaves], folder)).toMatch(message);
  });

  it('says so when its values are no numbers', async () => {
    const folder = await folderWithPhoto();
    await writeFile(
      join(folder, 'own.onnx'),
      ownNetwork((features) => op.mul(features, Number.NaN)),
    );
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /dream: the values of own\.onnx are not finite at the picture itself \(features\): its weights hold NaN/,
    );
  });

  it.each([
    ['a picture', []],
    ['a film', ['--frames', '2']],
    ['an exploration', ['--explore', '2']],
  ])('says in a line when nothing in %s excites it: it is as it was', async (_, flags) => {
    const folder = await folderWithPhoto();
    await writeFile(
      join(folder, 'own.onnx'),
      ownNetwork((features) => op.mul(features, 0)),
    );
    const { code, stderr } = await dream(['photo.png', ...own, ...flags], folder);
    expect(code).toBe(0);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'nothing changed: the gradient is 0 everywhere in the picture; choose other --layers, or another network',
    );
    expect(await dream(['photo.png', ...own, ...flags, '--quiet'], folder)).toMatchObject({ stderr: '' });
  });

  it('says in a line when the loss exceeds its limit from the start', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const { code, stderr } = await dream(['photo.png', ...own, '--max-loss', '1e-9'], folder);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'nothing changed: the loss exceeds --max-loss from the start; raise it, or lower the coefficients of --layers\n',
    });
  });

  it('names an operator that it does not know', async () => {
    const folder = await folderWithPhoto();
    const nodes = [
      { operator: 'Relu', inputs: ['image'], output: 'good' },
      { operator: 'Mystery', inputs: ['good'], output: 'features' },
    ];
    await writeFile(join(folder, 'own.onnx'), onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, nodes));
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /layer "features" of own\.onnx cannot be used: .*operator Mystery, which the engine does not have/,
    );
  });

  it('names an operator without a gradient rule', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(64, 64) });
    const Gru = op.defineOperator({
      type: 'GRU',
      attributes: { hidden_size: op.intAttribute() },
      infer: ([x]: readonly [Tensor, Tensor, Tensor], { hidden_size: hidden }) => [
        { dtype: 'float32', shape: [x.dimension(0), 1, x.dimension(1), hidden] },
      ],
    });
    const zeros = (...shape: number[]): Tensor => op.constant(op.zeros(shape, 'float32'));
    const states = (features: Tensor): Tensor => {
      const lines = op.reshape(features, [-1, 5, 8]);
      const seen = Gru.apply([lines, zeros(1, 24, 8), zeros(1, 24, 8)], { hidden_size: 8 });
      return op.reshape(seen, [1, 5, 32, 32]);
    };
    await writeFile(join(folder, 'own.onnx'), ownNetwork(states));
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /operator GRU has no gradient rule/,
    );
  });

  it('without --layers, or with a layer that it lacks, says which it has', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    expect(await refusal(['dream', 'photo.png', '--backbone', 'own.onnx'], folder)).toMatch(
      /--layers: the book's layers are not in own\.onnx; name some of its own, as features \(/,
    );
    expect(await refusal(['dream', 'photo.png', ...own, '--layers', 'feature=1'], folder)).toMatch(
      /layer "feature" does not exist in own\.onnx; nearest: features, Conv_1; latentbrush models layers own\.onnx/,
    );
  });
});

describe('dream: bad input ends in one line on standard error, code 2 and nothing half-written', () => {
  const inputs: [string, string[], RegExp][] = [
    ...Object.entries(badPictures).map(([name, message]): [string, string[], RegExp] => [
      `the picture ${name}`,
      [name],
      message,
    ]),
    ['a guide that is none', ['photo.png', '--guide', 'notes.png'], badPictures['notes.png']],
    ['a mask that is cut off', ['photo.png', '--mask', 'cut.png'], badPictures['cut.png']],
    ['a missing picture', ['none.png'], /none\.png: no such file or folder; check the path/],
    ['a folder without pictures', ['void'], /void: it holds no pictures/],
    ['no picture', [], /no picture was given; name one, a folder of frames, or --noise/],
    ['a picture and noise', ['photo.png', '--noise', '96x96'], /a picture \(photo\.png\) and --noise were/],
    ['noise without a size', ['--noise', 'big'], /--noise: "big" is not a size; write WIDTHxHEIGHT/],
    ['enormous noise', ['--noise', '60000x60000'], /--noise: has 60000x60000 pixels .* are the limit/],
  ];
  const outputs: [string, string[], RegExp][] = [
    ['a wrong extension', ['-o', 'x.bmp'], /x\.bmp: "\.bmp" is no extension of a picture file.*use \.png/],
    ['no extension', ['-o', 'x'], /x: has no extension that can be written/],
    ['a missing folder', ['-o', 'no/x.png'], /no\/x\.png: the folder to write into does not exist/],
    ['a folder in its place', ['-o', 'void.png'], /void\.png: is a folder; a file is needed here/],
    ['a film of another kind', ['--zoom', '1.1', '-o', 'x.txt'], /x\.txt: \.txt is not an animation/],
    ['a folder that holds files', ['--zoom', '1.1', '-o', 'full'], /full: holds files already/],
    ['a folder below a file', ['--zoom', '1.1', '-o', 'photo.png/x'], /photo\.png is a file; a folder is/],
  ];
  const settings: [string, string[], RegExp][] = [
    ['an unknown layer', ['--layers', 'mixd3=1'], /layer "mixd3" does not exist in .*nearest: mixed3/],
    ['an unknown channel', ['--layers', 'mixed0:256=1'], /layer "mixed0" has channels 0 to 255; channel 256/],
    ['a mix that cannot be read', ['--layers', 'mixed3=much'], /--layers: "mixed3=much" cannot be read/],
    [
      'a layer beyond the embedded trunk',
      ['--layers', 'mixed8=1', '--offline'],
      /layer "mixed8" lies beyond the embedded trunk .*ends at mixed5; .*models fetch inception_v3/,
    ],
    [
      'a layer beyond the trunk, asked of the trunk',
      ['--backbone', 'embedded', '--layers', 'mixed8=1'],
      /mixed8.*mixed5.*models fetch inception_v3/,
    ],
    ['an unknown network', ['--backbone', 'resnet'], /backbone "resnet" does not exist/],
    ['a negative scale', ['--octave-scale', '-1'], /--octave-scale: -1 was given; /],
    ['half an octave', ['--octaves', '1.5'], /--octaves: 1\.5 was given; /],
    [
      'octaves that are too small',
      ['--layers', 'mixed3=1', '--octaves', '4'],
      /photo\.png: octave 1 is 40x36; mixed3 needs at least 107x107; take a larger picture/,
    ],
    [
      'more octaves than fit',
      ['--layers', 'conv2d_5=1', '--octaves', '7'],
      /photo\.png: octave 1 is 14x13; conv2d_5 needs at least (\d+)x\1 \(--octaves [3-6] fits\)/,
    ],
    [
      'a --size that is too small',
      ['--layers', 'mixed3=1', '--octaves', '1', '--size', '60'],
      /photo\.png \(--size 60\): is 60x55; mixed3 needs at least 107x107/,
    ],
    [
      'tiles that are too small',
      ['--layers', 'mixed0=1', '--octaves', '1', '--tile', '16'],
      /--tile: photo\.png is dreamed on in tiles of 16x16; mixed0 needs at least (\d+)x\1; give --tile \1 or/,
    ],
    ['too many mixes', ['--explore', '201'], /--explore: 201 is not a number of pictures; give 1 to 200/],
    ['a zoom outwards', ['--zoom', '0.9'], /--zoom: 0\.9 is not possible; give 1/],
    ['a film too small for the network', ['--zoom', '1.1', '-o', 'film'], /photo\.png: octave 1 is /],
    ['a size that is none', ['--size', '0'], /--size: 0 was given; a whole number from 1 on is needed/],
    ['a zoom of a wrong number, before its target', ['--zoom', '-1', '-o', 'x.png'], /--zoom: -1 is not/],
    ['no frames, before their target', ['--frames', '0', '-o', 'x.png'], /--frames: 0 is not a number of/],
    ['a carry for one picture', ['--carry', '5'], /--carry: goes with the frames of a folder, not with one/],
    ['a zoom of an exploration', ['--explore', '3', '--zoom', '1.05'], /--zoom: goes with a zoom/],
    ['preprocessing of a known network', ['--preprocessing', 'caffe'], /--preprocessing: inception_v3 has/],
    [
      'weights for an ONNX file',
      ['--backbone', 'x.onnx', '--weights', 'w.h5'],
      /w\.h5: the network in x\.onnx has weights of its own; leave the file out/,
    ],
    [
      "a network without the book's layers",
      ['--backbone', 'vgg19'],
      /--layers: the book's layers are not in vgg19; name some of its own, as block3_pool, block4_conv1, .*layers vgg19\)/,
    ],
    ['a layer given twice', ['--layers', 'mixed4=1,mixed4=2'], /--layers: mixed4 is given twice; give each/],
    ['a channel below 0', ['--layers', 'mixed4:-1=1'], /"mixed4:-1=1" asks for channel -1; channels count/],
    ['a seed that is none', ['--seed', '-1'], /--seed: -1 was given/],
    ['an unknown option', ['--octave', '3'], /unknown option '--octave'/],
  ];
  it.each([
    ...inputs,
    ...[...outputs, ...settings].map(([what, args, message]): [string, string[], RegExp] => [
      what,
      ['photo.png', ...args],
      message,
    ]),
  ])('%s', async (_, args, message) => {
    const folder = await folderWithPhoto();
    for (const [name, bytes] of Object.entries(await badPictureFiles()))
      await writeFile(join(folder, name), bytes);
    for (const name of ['void', 'void.png', 'full']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'full', 'something'), '');
    expect(await refusal(['dream', ...args], folder)).toMatch(message);
  });

  it.each(['film.gif', 'frames', 'made/for/frames'])('frames of different sizes, for %s', async (target) => {
    const folder = await folderOfPictures({ 'film/1.png': photo, 'film/2.png': pattern(100, 110) });
    const args = ['dream', 'film', ...quick, '-o', target, '--quiet'];
    expect(await refusal(args, folder)).toMatch(
      /^error: film\/2\.png: the frame is 100x110, those before it 110x100; frames must be of one size$/m,
    );
  });

  it.each(['notes.png', 'cut.png'] as const)('a frame after the first that is %s', async (name) => {
    const folder = await folderOfPictures({ 'film/1.png': pattern(60, 50) });
    await writeFile(join(folder, 'film', name), (await badPictureFiles())[name]);
    expect(await refusal(['dream', 'film', ...quick, '-o', 'frames', '--quiet'], folder)).toMatch(
      badPictures[name],
    );
  });

  it.each(Object.entries(badWeights))('the weights %s', async (name, message) => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, name), (await badWeightsFiles())[name as keyof typeof badWeights]);
    expect(await refusal(['dream', 'photo.png', ...quick, '--weights', name], folder)).toMatch(message);
  });

  it('weights with a wrong checksum, and an ONNX network with data outside its folder', async () => {
    const folder = await folderWithPhoto();
    const { fileName, size } = pretrainedWeights.inception_v3;
    await writeFile(join(folder, fileName), '');
    await truncate(join(folder, fileName), size); // the right size, but all zeros
    expect(await refusal(['dream', 'photo.png', ...quick, '--data-dir', '.'], folder)).toMatch(
      /not the weights of inception_v3 as Keras publishes them \(md5 .* is expected\); fetch them again from https:/,
    );
    const nodes = [{ operator: 'Mul', inputs: ['image', 'w'], output: 'y' }];
    const weights = [{ name: 'w', shape: [1, 3, 1, 1], data: [], external: '../../secret' }];
    await writeFile(join(folder, 'evil.onnx'), onnxFile(weights, { name: 'image', shape: [1, 3, 64, 64] }, nodes)); // prettier-ignore
    expect(await refusal(['dream', 'photo.png', '--backbone', 'evil.onnx', '--layers', 'y'], folder)).toMatch(
      /layer "y" of evil\.onnx cannot be used: .*outside the model's own folder/,
    );
  });

  it.skipIf(process.getuid?.() === 0)(
    'files that may not be read (needs a user who is not root)',
    async () => {
      const folder = await folderWithPhoto();
      const { chmod } = await import('node:fs/promises');
      await chmod(join(folder, 'photo.png'), 0);
      expect(await refusal(['dream', 'photo.png'], folder)).toMatch(/photo\.png: no permission to read here/);
    },
  );
});
