import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fileFormat } from '../../../image/read/file-format.ts';
import { readPicture, readRecipe, writePicture, type Picture } from '../../../image/index.ts';
import { bmpFile } from '../../../image/testing/bmp-file.ts';
import { compare } from '../remake/compare.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, leftHalf, pattern, writeTransparentMask } from '../../testing/pictures.ts';
import { jsonLines } from '../../testing/program.ts';
import { dream, dreamed, folderWithPhoto, photo, quick } from './testing/dreams.ts';

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

  it('excites the given layers and channels, with their coefficients', async () => {
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

  it('--guide steers the dream, and is in the recipe', async () => {
    const folder = await folderOfPictures({ 'photo.png': photo, 'guide.png': pattern(90, 100, 3) });
    const guided = await dreamed([...quick, '--guide', 'guide.png', '--layers', 'mixed0=1'], folder);
    const alone = await dreamed([...quick, '--layers', 'mixed0=1'], folder, 'alone.png');
    expect(compare(guided, alone)).toBeGreaterThan(0.1);
    const recipe = await readRecipe(join(folder, 'out.png'));
    expect(recipe?.inputs.map(({ name }) => name)).toEqual(['photo.png', 'guide.png']);
    expect(recipe?.options.roles).toEqual({ picture: [0], guide: [1] });
  });

  it.each(['black', 'clear'])('--mask does not change what is %s', async (outside) => {
    const folder = await folderOfPictures({ 'photo.png': photo, 'black.png': leftHalf(110, 100) });
    await writeTransparentMask(join(folder, 'clear.png'), 110, 100);
    const { data } = await dreamed([...quick, '--mask', `${outside}.png`], folder);
    const changed = (right: boolean): number =>
      data.filter((value, i) => i % 110 >= 55 === right && value !== photo.data[i]).length;
    expect(changed(true)).toBe(0);
    expect(changed(false)).toBeGreaterThan(data.length / 4);
  });

  it('--step of version 0.1 is --step-size: it still works, with a warning, also for the commands of an exploration', async () => {
    const folder = await folderOfPictures({ 'photo.png': photo });
    const now = await dreamed([...quick, '--step-size', '0.03'], folder, 'now.png');
    const before = await dream(['photo.png', ...quick, '--step', '0.03', '-o', 'before.png'], folder);
    expect(before.stderr).toMatch(/^--step is now --step-size; the next version removes the old name$/m);
    expect(compare(await readPicture(join(folder, 'before.png')), now)).toBe(0);
    const explored = await dream(['photo.png', '--explore', '1', ...quick, '--step', '0.03'], folder);
    expect(explored.stdout).toContain('--step-size 0.03');
    const { code, stderr } = await dream(['photo.png', '--step', '0.03', '--step-size', '0.03'], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--step and --step-size are the same option/);
  });

  it('--explore writes a sheet of mixes, and for each the command that dreams it', async () => {
    const folder = await folderOfPictures({ 'my photo.png': photo, 'mask.png': leftHalf(110, 100) });
    const settings = ['--octaves', '1', '--iterations', '2', '--step-size', '0.03', '--max-loss', '100', '--threads', '1']; // prettier-ignore
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

  it('--zoom zooms into the dream: an animation of that many frames', async () => {
    const folder = await folderWithPhoto();
    const animation = ['--zoom', '1.2', '--frames', '3', '--fps', '10', '--json'];
    const { code, stdout, stderr } = await dream(['photo.png', ...animation, ...quick], folder);
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

  it('a zoom into a folder writes a picture for each frame, each closer than the last', async () => {
    const folder = await folderWithPhoto();
    const animation = ['--zoom', '2', '--frames', '2', '-o', 'frames', '--iterations', '0', '--quiet'];
    const { code, stdout } = await dream(['photo.png', ...quick, ...animation], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'frames\n' });
    expect((await readdir(join(folder, 'frames'))).sort()).toEqual(['frame-1.png', 'frame-2.png']);
    expect(compare(await readPicture(join(folder, 'frames', 'frame-1.png')), photo)).toBe(0);
    const middle = (await readPicture(join(folder, 'frames', 'frame-2.png'))).data[50 * 110 + 55]!;
    expect(Math.abs(middle - photo.data[50 * 110 + 55]!)).toBeLessThan(15);
  });

  it('dreams on a BMP file', async () => {
    const folder = await folderOfPictures({});
    const pixels = new Array<number>(300 * 100).fill(128);
    await writeFile(join(folder, 'photo.bmp'), bmpFile({ width: 100, height: 100, bits: 24, pixels }));
    const { code, stderr } = await dream(['photo.bmp', ...quick, '--iterations', '0', '--quiet'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { height, width, data } = await readPicture(join(folder, 'photo-dream.png'));
    expect({ height, width, value: data[0] }).toEqual({ height: 100, width: 100, value: 128 });
  });

  it('leaves bad frames out of an animation, names them at once, and ends with code 1', async () => {
    const folder = await folderOfPictures({ 'film/1.png': photo, 'film/3.png': photo, 'film/4.png': photo });
    await writePicture(join(folder, 'film', '0.png'), pattern(1, 1));
    await writeFile(join(folder, 'film', '2.png'), (await readFile(join(folder, 'film', '1.png'))).subarray(0, 999)); // prettier-ignore
    const animation = ['film', ...quick, '--iterations', '0', '-o', 'frames', '--quiet'];
    const { code, stdout, stderr } = await dream(animation, folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'frames\n' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'left out: film/0.png: the frame is 1x1, most are 110x100; all frames must have the same size',
      expect.stringMatching(/^left out: film\/2\.png: is a damaged or truncated PNG/),
      '2 pictures were left out',
    ]);
    expect((await readdir(join(folder, 'frames'))).sort()).toEqual([
      'frame-1.png',
      'frame-2.png',
      'frame-3.png',
    ]);
    // The same pictures are left out again.
    const again = await call(['remake', join('frames', 'frame-3.png')], folder);
    expect({ code: again.code, last: again.stderr.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'the same picture, pixel by pixel',
    });
  });

  it('a folder of frames becomes a folder, and the dream is carried from frame to frame', async () => {
    const folder = await folderOfPictures({ 'film/1.png': photo, 'film/2.png': photo });
    const frames = async (carry: string): Promise<Picture[]> => {
      const { code, stdout } = await dream(['film', ...quick, '--carry', carry, '-o', `c${carry}`], folder);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `c${carry}\n` });
      return Promise.all([1, 2].map((n) => readPicture(join(folder, `c${carry}`, `frame-${n}.png`))));
    };
    const [[first], [carriedFirst, carried]] = [await frames('0'), await frames('1')];
    expect(compare(first!, carriedFirst!)).toBe(0);
    // The same frame twice: with carry, the dream becomes twice as deep.
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

  it('--size makes a larger picture smaller first, --tile computes in squares', async () => {
    const folder = await folderWithPhoto();
    const whole = await dreamed([...quick, '--size', '88'], folder);
    expect([whole.width, whole.height]).toEqual([88, 80]);
    const tiled = await dreamed([...quick, '--size', '88', '--tile', '48'], folder, 'tiled.png');
    expect(compare(whole, tiled)).toBeGreaterThan(0.01);
    expect(compare(whole, tiled)).toBeLessThan(10);
  });

  it('--json writes one event a line and nothing else; --quiet writes only the path', async () => {
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
