import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createAnimation,
  readPicture,
  readRecipe,
  recipeFolder,
  withRecipeOptions,
  writePicture,
} from '../../../image/index.ts';
import { onnxFile } from '../../../pretrained/weights/testing/onnx-files.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, pattern } from '../../testing/pictures.ts';
import type { Finished } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';
import { compare } from './compare.ts';

const dreaming = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '1', '--threads', '1'];
const painting = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--evaluations', '4', '--threads', '1']; // prettier-ignore

async function made(args: readonly string[], folder: string): Promise<Finished> {
  const finished = await call([...args, '--quiet'], folder);
  expect(finished).toMatchObject({ code: 0, stderr: '' });
  return finished;
}

/** Makes a file again; returns the message of the comparison. */
async function remade(file: string, folder: string, flags: readonly string[] = []): Promise<string> {
  const { code, stderr } = await call(['remake', file, ...flags], folder);
  expect(code, stderr).toBe(0);
  return stderr.trimEnd().split('\n').at(-1)!;
}

const same = 'the same picture, pixel by pixel';
const sameAnimation = 'the same animation, byte by byte';

describe('remake of an intermediate picture makes exactly that picture', { timeout: 90_000 }, () => {
  it('after an octave', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(110, 100) });
    const args = ['dream', 'photo.png', ...dreaming, '--octaves', '2', '--save-octaves', '-o', 'out.png'];
    await made(args, folder);
    expect(await remade('out-octave-1.png', folder)).toBe(same);
    expect(await remade('out-octave-2.png', folder)).toBe(same);
    // The copy has the same recipe: it can be made again, too.
    expect(await remade('out-octave-1-again.png', folder)).toBe(same);
  });

  it('after a round, in the size of that round', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(150, 140), 'wave.png': pattern(90, 99, 3) });
    const size = ['--height', '130', '--pyramid', '2', '--rounds', '3'];
    await made(['style', 'photo.png', 'wave.png', ...painting, ...size, '-o', 'out.png'], folder);
    for (const round of ['round-01.png', 'round-03.png'])
      expect(await remade(join('out-rounds', round), folder)).toBe(same);
  });

  it('frames of a zoom', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
    await made(['dream', 'photo.png', ...dreaming, '--zoom', '1.2', '--frames', '3', '-o', 'zoom'], folder);
    expect(await remade(join('zoom', 'frame-2.png'), folder)).toBe(same);
    const [first, second] = await Promise.all(
      ['frame-1.png', 'frame-2-again.png'].map((name) => readPicture(join(folder, 'zoom', name))),
    );
    expect(compare(first!, second!)).toBeGreaterThan(1);
  });
});

describe('remake of dreams on animations', { timeout: 90_000 }, () => {
  const frames = { 'film/1.png': pattern(100, 90), 'film/2.png': pattern(100, 90, 2) };

  it('an animation and single frames, also when the folder of frames was moved', async () => {
    const folder = await folderOfPictures(frames);
    const args = ['dream', 'film', ...dreaming, '--carry', '0.7'];
    await made([...args, '--fps', '5', '-o', 'out.gif'], folder);
    await made([...args, '-o', 'frames'], folder);
    expect(await remade('out.gif', folder)).toBe(sameAnimation);
    expect(await remade(join('frames', 'frame-2.png'), folder)).toBe(same);
    const flags = ['--inputs', join(folder, 'film'), '-o', 'new.gif'];
    expect(await remade('out.gif', folder, flags)).toBe(sameAnimation);
    expect(await remade('out.gif', folder, ['-o', 'new.webp'])).toMatch(/its file format differs/);
  });

  it('of version 0.1.0, which sorted frames by code units, ignored BMP files and recorded less', async () => {
    const pictures = [1, 10, 2].map((n) => ({ name: `frame${n}.png`, picture: pattern(100, 90, n) }));
    const folder = await folderOfPictures(
      Object.fromEntries(pictures.map(({ name, picture }) => [`film/${name}`, picture])),
    );
    await writeFile(join(folder, 'film', 'frame3.bmp'), 'was not looked at');
    const { name, sha256 } = await recipeFolder(
      'film',
      pictures.map((each) => join(folder, 'film', each.name)),
    );
    const old = {
      system: 'dream',
      version: '0.1.0',
      seed: 1,
      options: {"layers":[{"layer":"mixed1","coefficient":1}],"objective":"squares","octaves":1,"octaveScale":1.4,"iterations":0,"step":0.01,"maxLoss":10,"jitter":0,"blur":0,"laplacian":0,"decorrelate":false,"threads":1,"backbone":"inception_v3","carry":0.3,"framesPerSecond":20,"roles":{"frames":[0]}}, // prettier-ignore
      inputs: [{ name, sha256, files: 3 }],
    };
    const size = { height: 90, width: 100, framesPerSecond: 20 };
    const animation = await createAnimation(join(folder, 'out.gif'), { ...size, recipe: old });
    for (const { picture } of pictures) await animation.add(picture);
    await animation.finish();
    expect(await remade('out.gif', folder)).toBe(sameAnimation);
    expect((await readRecipe(join(folder, 'out-again.gif')))?.options.rules).toBe(1);
  });

  it('refuses a frame that has changed', async () => {
    const folder = await folderOfPictures(frames);
    await made(['dream', 'film', ...dreaming, '-o', 'out.gif'], folder);
    await writePicture(join(folder, 'film', '2.png'), pattern(100, 90, 3));
    expect(await refusal(['remake', 'out.gif'], folder)).toMatch(
      /"film" .* was not found in \.; film is a different folder with that name; give its folder with --inputs/,
    );
  });
});

/** film.gif as if Ctrl-C had come after its first frame. */
async function writeCutAnimation(folder: string): Promise<void> {
  const whole = (await readRecipe(join(folder, 'film.gif')))!;
  const frame = await readPicture(join(folder, 'frames', 'frame-1.png'));
  const { height, width } = frame;
  const animation = await createAnimation(join(folder, 'cut.gif'), { height, width, framesPerSecond: 5 });
  await animation.add(frame);
  await animation.finish(withRecipeOptions(whole, { stoppedAt: { frame: 1 } }));
}

describe('remake of paintings of a trained style', { timeout: 90_000 }, () => {
  const training = ['--size', '64', '--style-size', '64', '--filters', '4', '--residual-blocks', '1', '--batch-size', '1', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--threads', '1']; // prettier-ignore

  it('pictures and animations, by the checkpoint that painted them, also when its run was moved', async () => {
    const photo = pattern(110, 100);
    const folder = await folderOfPictures({
      'photo.png': photo,
      'wave.png': pattern(90, 99, 3),
      'film/1.png': photo,
      'film/2.png': pattern(110, 100, 2),
    });
    const run = join('runs', 'wave');
    const train = ['style', 'train', 'wave.png', '--content-dir', 'film', ...training, '--run', run];
    await made([...train, '--iterations', '1'], folder);
    await made(['style', 'apply', run, 'photo.png', '--size', '88', '-o', 'out.png'], folder);
    await made(['style', 'apply', run, 'film', '--threads', '1', '--fps', '5', '-o', 'film.gif'], folder);
    await made(['style', 'train', '--resume', run, '--iterations', '2'], folder);
    expect(await remade('out.png', folder)).toBe(same);
    expect(await remade('film.gif', folder)).toBe(sameAnimation);
    expect(await remade('film.gif', folder, ['-o', 'frames'])).toMatch(/its file format differs/);
    expect(await remade(join('frames', 'frame-2.png'), folder)).toBe(same);
    await writeCutAnimation(folder);
    expect(await remade('cut.gif', folder)).toBe(sameAnimation);

    await made(['style', 'apply', run, 'photo.png', '--size', '88', '-o', 'newer.png'], folder);
    const [older, newer] = await Promise.all(
      ['out-again.png', 'newer.png'].map((name) => readPicture(join(folder, name))),
    );
    expect(compare(older!, newer!)).toBeGreaterThan(0);

    const elsewhere = await folderOfPictures({ 'photo.png': photo });
    await writePicture(join(elsewhere, 'plain.png'), photo);
    const flags = ['--inputs', join(folder, run), '-o', 'out.png'];
    expect(await remade(join(folder, 'newer.png'), elsewhere, flags)).toBe(same);
    await made(['style', 'train', '--resume', run, '--iterations', '4'], folder);
    expect(await refusal(['remake', 'out.png'], folder)).toMatch(
      /"step-00000001\.safetensors" .* was not found in \.; runs\/wave is its run, but no longer has it; give a copy that has it/,
    );
  });
});

describe('remake of paintings with a network of an .onnx file', { timeout: 90_000 }, () => {
  it('the file is found among the inputs, and its path is not recorded', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(80, 70), 'wave.png': pattern(80, 70, 3) });
    const weights = [
      { name: 'w', shape: [4, 3, 3, 3], data: Array.from({ length: 108 }, (_, i) => Math.sin(i) / 4) },
    ];
    const nodes = [{ operator: 'Conv', inputs: ['image', 'w'], output: 'y' }];
    await writeFile(join(folder, 'my.onnx'), onnxFile(weights, { name: 'image', shape: [1, 3, 64, 64] }, nodes)); // prettier-ignore
    const network = ['--backbone', join(folder, 'my.onnx'), '--content-layer', 'y', '--style-layers', 'y'];
    const size = [
      '--rounds',
      '1',
      '--evaluations',
      '3',
      '--height',
      '64',
      '--pyramid',
      '1',
      '--threads',
      '1',
    ];
    await made(['style', 'photo.png', 'wave.png', ...network, ...size, '-o', 'out.png'], folder);
    expect(JSON.stringify(await readRecipe(join(folder, 'out.png')))).not.toContain(folder);
    expect(await remade('out.png', folder)).toBe(same);
    expect(await remade('out-again.png', folder)).toBe(same);
  });
});

describe('remake of an exploration', { timeout: 90_000 }, () => {
  it.each([
    ['a picture', ['photo.png']],
    ['noise', ['--noise', '90x80']],
    ['channels', ['photo.png', '--layers', 'conv2d_5:1,conv2d_5:2']],
  ])('prints the same commands again: %s', async (_, source) => {
    const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
    const few = ['--explore', '2', '--octaves', '1', '--iterations', '1', '--step-size', '0.01'];
    const first = await made(['dream', ...source, ...few, '--threads', '1', '-o', 'sheet.png'], folder);
    const again = await call(['remake', 'sheet.png', '--quiet'], folder);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout.split('\n').slice(1)).toEqual(first.stdout.split('\n').slice(1));
    expect(first.stdout).toMatch(/--octaves 1 --iterations 1 /);
  });

  it('of channels mixes their whole layers, as version 0.1.0 did, if the recipe does not record it', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
    const explore = (layers: string, file: string): Promise<Finished> =>
      made(['dream', 'photo.png', '--layers', layers, '--explore', '1', '--octaves', '1', '--iterations', '1', '--threads', '1', '-o', file], folder); // prettier-ignore
    await explore('conv2d_5', 'layers.png');
    const { stdout } = await explore('conv2d_5:1', 'channels.png');
    expect(stdout).toMatch(/--layers '"conv2d_5":1=/);
    expect(await remade('channels.png', folder)).toBe(same);
    const { options, ...rest } = (await readRecipe(join(folder, 'channels.png')))!;
    const { explores, ...before } = options;
    expect(explores).toBe('channels');
    const sheet = await readPicture(join(folder, 'layers.png'));
    await writePicture(join(folder, 'old.png'), sheet, {
      recipe: { ...rest, job: undefined, options: before },
    });
    expect(await remade('old.png', folder)).toBe(same);
  });
});
