import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePicture, readAnimation, readPicture, readRecipe } from '../../image/index.ts';
import { animatedPng, animationFile } from '../../image/testing/animations.ts';
import { compare } from './remake/compare.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';

const frames = [1, 2, 3].map((seed) => pattern(100, 90, seed));
const timing = { delays: [60, 500, 90], loop: 2 };
const dreaming = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '1', '--threads', '1'];
const fast = ['--size', '64', '--style-size', '64', '--filters', '4', '--residual-blocks', '1', '--batch-size', '1', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--iterations', '1', '--threads', '1']; // prettier-ignore

/** A folder with a GIF and a WebP of three frames, an animated PNG, and pictures. */
async function folderWithAnimations(): Promise<string> {
  const folder = await folderOfPictures({ 'photo.png': frames[0]!, 'wave.png': pattern(90, 99, 3) });
  await writeFile(join(folder, 'film.gif'), await animationFile('gif', frames, timing));
  await writeFile(join(folder, 'film.webp'), await animationFile('webp', frames, timing));
  await writeFile(join(folder, 'film.png'), animatedPng(await encodePicture(frames[0]!, 'png'), 4));
  return folder;
}

async function made(args: readonly string[], folder: string): Promise<string> {
  const { code, stdout, stderr } = await call([...args, '--quiet'], folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function noted(args: readonly string[], folder: string): Promise<string> {
  const { code, stderr } = await call(args, folder);
  expect(code, stderr).toBe(0);
  return stderr;
}

const remade = async (file: string, folder: string): Promise<string | undefined> =>
  (await noted(['remake', file], folder)).trimEnd().split('\n').at(-1);

describe('dreaming on an animation', { timeout: 90_000 }, () => {
  it.each(['gif', 'webp'])('writes an animation for .%s, with its delays', async (format) => {
    const folder = await folderWithAnimations();
    expect(await made(['dream', `film.${format}`, ...dreaming], folder)).toBe(`film-dream.${format}\n`);
    const animation = await readAnimation(join(folder, `film-dream.${format}`));
    expect(animation).toMatchObject({ ...timing, height: 90, width: 100 });
    const original = await readAnimation(join(folder, `film.${format}`));
    for (const index of frames.keys()) {
      const change = compare(animation.frame(index), original.frame(index));
      expect(change).toBeGreaterThan(0.5);
      expect(change).toBeLessThan(30);
    }
    expect(await remade(`film-dream.${format}`, folder)).toBe('the same animation, byte by byte');
  });

  it('writes frames into a folder; each is the dream on that frame alone', async () => {
    const folder = await folderWithAnimations();
    await made(['dream', 'film.webp', ...dreaming, '--carry', '0', '-o', 'frames'], folder);
    for (const number of ['1', '3']) {
      await made(['dream', 'film.webp', '--frame', number, ...dreaming, '-o', `only-${number}.png`], folder);
      const [one, other] = await Promise.all(
        [`frames/frame-${number}.png`, `only-${number}.png`].map((name) => readPicture(join(folder, name))),
      );
      expect(compare(one!, other!)).toBe(0);
    }
    expect(await remade(join('frames', 'frame-3.png'), folder)).toBe('the same picture, pixel by pixel');
    expect(await remade('only-3.png', folder)).toBe('the same picture, pixel by pixel');
  });

  it('keeps the delays in another format; --fps changes them, --size makes frames smaller', async () => {
    const folder = await folderWithAnimations();
    await made(['dream', 'film.webp', ...dreaming, '-o', 'other.gif', '--size', '80'], folder);
    const { delays, width } = await readAnimation(join(folder, 'other.gif'));
    expect({ delays, width }).toEqual({ delays: timing.delays, width: 80 });
    await made(['dream', 'film.gif', ...dreaming, '-o', 'faster.gif', '--fps', '10'], folder);
    expect((await readAnimation(join(folder, 'faster.gif'))).delays).toEqual([100, 100, 100]);
    expect(await remade('faster.gif', folder)).toBe('the same animation, byte by byte');
  });

  it('refuses an animation where options need one picture', async () => {
    const folder = await folderWithAnimations();
    expect(await refusal(['dream', 'film.gif', '-o', 'out.png'], folder)).toBe(
      'error: out.png: is a single picture, but film.gif has 3 frames; write -o out.gif (or .webp, .mp4, a folder), or choose one with --frame 1\n',
    );
    expect(await refusal(['dream', 'film.gif', '--frame', '4'], folder)).toMatch(
      /--frame: 4 was given; film\.gif has 3 frames/,
    );
    expect(await refusal(['dream', 'photo.png', '--frame', '1'], folder)).toMatch(
      /--frame: photo\.png is not an animated GIF or WebP and has no frames to choose from; leave it out/,
    );
    expect(await refusal(['dream', '.', '--frame', '1'], folder)).toMatch(/--frame: \. is a folder;/);
  });

  it('explores one frame, and the printed commands name it', async () => {
    const folder = await folderWithAnimations();
    const args = ['dream', 'film.gif', '--frame', '2', '--explore', '1', '--threads', '1', '--iterations', '1', '--octaves', '1', '-o', 'sheet.png']; // prettier-ignore
    expect(await made(args, folder)).toMatch(/1: latentbrush dream film\.gif --frame 2 /);
  });

  it('takes the first frame where one picture is needed, and says so', async () => {
    const folder = await folderWithAnimations();
    const first = 'film.gif: has 3 frames; the first is used\n';
    const zoom = ['dream', 'film.gif', ...dreaming, '--zoom', '1.1', '--frames', '1', '-o', 'zoom.gif'];
    expect(await noted(zoom, folder)).toContain(first);
    const still = ['dream', 'photo.png', ...dreaming, '-o', 'out.png'];
    expect(await noted([...still, '--mask', 'film.gif'], folder)).toContain(first);
    expect(await noted([...still, '--guide', 'film.gif'], folder)).toContain(first);
    expect(await noted(['dream', 'film.png', ...dreaming], folder)).toContain(
      'film.png: is an animated PNG with 4 frames; only the first can be read; save it as .gif or .webp to use all\n',
    );
    expect(await noted(still, folder)).not.toContain('first');
  });
});

describe('painting an animation with a trained style', { timeout: 90_000 }, () => {
  it('writes an animation with its delays; --frame paints one frame', async () => {
    const folder = await folderWithAnimations();
    const train = ['style', 'train', 'wave.png', '--content-dir', '.', '--run', 'run', ...fast];
    await made(train, folder);
    const apply = ['style', 'apply', 'run', 'film.gif', '--threads', '1'];
    expect(await made(apply, folder)).toBe('film-wave.gif\n');
    expect(await readAnimation(join(folder, 'film-wave.gif'))).toMatchObject(timing);
    expect(await remade('film-wave.gif', folder)).toBe('the same animation, byte by byte');
    await made([...apply, '-o', 'frames'], folder);
    await made([...apply, '--frame', '2', '-o', 'second.png'], folder);
    const [one, other] = await Promise.all(
      ['frames/frame-2.png', 'second.png'].map((name) => readPicture(join(folder, name))),
    );
    expect(compare(one!, other!)).toBe(0);
    for (const file of ['frames/frame-2.png', 'second.png'])
      expect(await remade(file, folder)).toBe('the same picture, pixel by pixel');
    expect(await refusal([...apply, '-o', 'x.jpg'], folder)).toMatch(
      /x\.jpg: is a single picture, but film\.gif has 3 frames; write -o x\.gif/,
    );
  });
});

describe('animations in a folder', { timeout: 90_000 }, () => {
  it('count as their first frames, as one line says', async () => {
    const folder = await folderOfPictures({ 'in/a.png': frames[0]!, 'in/b.png': frames[1]! });
    for (const name of ['c.gif', 'd.gif'])
      await writeFile(join(folder, 'in', name), await animationFile('gif', frames, timing));
    const line =
      '2 files contain several pictures (frames or pages); only the first of each is used (c.gif, d.gif)\n';
    const train = ['style', 'train', 'in/a.png', '--content-dir', 'in', '--run', 'run', ...fast];
    expect(await noted(train, folder)).toContain(line);
    expect(await noted(['style', 'apply', 'run', 'in', '-o', 'out'], folder)).toContain(line);
    expect(await noted(['dream', 'in', ...dreaming, '-o', 'out.gif'], folder)).toContain(line);
    expect((await readAnimation(join(folder, 'out.gif'))).delays).toHaveLength(4);
    const small = [
      '--size',
      '8',
      '--filters',
      '4',
      '--batch-size',
      '2',
      '--epochs',
      '1',
      '--validation',
      '0',
    ];
    const vae = ['vae', 'train', 'in', '--run', 'vae', ...small, '--threads', '1'];
    expect(await noted(vae, folder)).toContain(line);
    const one = 'in/c.gif: has 3 frames; the first is used\n';
    expect(await noted(['vae', 'encode', 'vae', 'in/c.gif'], folder)).toContain(one);
    expect(await noted(['vae', 'reconstruct', 'vae', 'in/c.gif'], folder)).toContain(one);
    expect(await noted(['vae', 'decode', 'vae', 'in/c.gif'], folder)).toContain(one);
  });
});

describe('repainting an animation', { timeout: 90_000 }, () => {
  const painting = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2'];
  const once = [...painting, '--rounds', '1', '--evaluations', '2', '--height', '64', '--pyramid', '1', '--threads', '1']; // prettier-ignore

  it('writes an animation, each frame painted as it is alone', async () => {
    const folder = await folderWithAnimations();
    const style = ['style', 'film.webp', 'wave.png', ...once];
    expect(await made(style, folder)).toBe('film-wave.webp\n');
    expect(await readAnimation(join(folder, 'film-wave.webp'))).toMatchObject({ ...timing, height: 64 });
    expect(await remade('film-wave.webp', folder)).toBe('the same animation, byte by byte');
    await made([...style, '-o', 'frames'], folder);
    await made([...style, '--frame', '2', '-o', 'second.png', '--no-save-rounds'], folder);
    const [one, other] = await Promise.all(
      ['frames/frame-2.png', 'second.png'].map((name) => readPicture(join(folder, name))),
    );
    expect(compare(one!, other!)).toBe(0);
    for (const file of ['frames/frame-2.png', 'second.png'])
      expect(await remade(file, folder)).toBe('the same picture, pixel by pixel');
  });

  it('writes the frames so far when interrupted, and remake does the same', async () => {
    const folder = await folderWithAnimations();
    const args = ['style', 'film.gif', 'wave.png', ...once, '-o', 'cut.gif', '--json'];
    const { code, stdout } = await call(args, folder, { interruptAfter: '"type":"frame"' });
    expect(code).toBe(130);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '{"type":"done","reason":"aborted","frames":1,"path":"cut.gif"}',
    );
    expect((await readRecipe(join(folder, 'cut.gif')))?.options.stoppedAt).toEqual({ frame: 1 });
    expect(await remade('cut.gif', folder)).toBe('the same animation, byte by byte');
    const first = await call([...args, '-o', 'none.gif'], folder, { interruptAfter: '' });
    expect(first.code).toBe(130);
    await expect(readPicture(join(folder, 'none.gif'))).rejects.toThrow('no such file');
  });

  it('refuses it for one picture; a style or a mask is its first frame', async () => {
    const folder = await folderWithAnimations();
    expect(await refusal(['style', 'film.gif', 'wave.png', '-o', 'x.png'], folder)).toMatch(
      /x\.png: is a single picture, but film\.gif has 3 frames; write -o x\.gif/,
    );
    expect(await refusal(['style', 'photo.png', 'wave.png', '--fps', '5'], folder)).toMatch(
      /--fps: a single picture has no speed/,
    );
    const args = ['style', 'photo.png', 'film.gif', '--mask', 'film.webp', ...once, '--no-save-rounds'];
    const said = await noted(args, folder);
    expect(said).toContain('film.gif: has 3 frames; the first is used\n');
    expect(said).toContain('film.webp: has 3 frames; the first is used\n');
  });
});
