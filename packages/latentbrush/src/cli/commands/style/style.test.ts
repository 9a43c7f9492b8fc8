import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { luminance, readPicture, readRecipe, writePicture, type Picture } from '../../../image/index.ts';
import { StylePainter } from '../../../style/index.ts';
import { compare } from '../remake/compare.ts';
import { badPictureFiles, badPictures } from '../../testing/bad-pictures.ts';
import { badWeights, badWeightsFiles } from '../../testing/bad-weights.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, leftHalf, pattern, writeTransparentMask } from '../../testing/pictures.ts';
import { jsonLines, type Finished } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';

const content = pattern(110, 100);
/** The trunk's first layers, one size, two evaluations: about a second. */
const layers = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2'];
const once = ['--rounds', '1', '--evaluations', '8', '--height', '100', '--pyramid', '1', '--threads', '1'];
const quick = [...layers, ...once];

async function style(args: readonly string[], folder: string): Promise<Finished> {
  return call(['style', ...args], folder);
}

/** Paints photo.png in the style of wave.png, and reads the result. */
async function painted(args: readonly string[], folder: string, file = 'out.png'): Promise<Picture> {
  const all = ['photo.png', 'wave.png', ...quick, '-o', file, '--quiet', '--no-save-rounds', ...args];
  const { code, stderr } = await style(all, folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readPicture(join(folder, file));
}

const folderWithPictures = (more: Readonly<Record<string, Picture>> = {}): Promise<string> =>
  folderOfPictures({ 'photo.png': content, 'wave.png': pattern(90, 110, 3), ...more });

/** Distance of the colours of two pictures: mean difference of R - Y and B - Y. */
function colourDifference(a: Picture, b: Picture): number {
  const chroma = (picture: Picture): Float32Array => {
    const grey = luminance(picture).data;
    return picture.data.map((value, i) => value - grey[i % grey.length]!);
  };
  const [first, second] = [chroma(a), chroma(b)];
  return first.reduce((sum, value, i) => sum + Math.abs(value - second[i]!), 0) / first.length;
}

describe('latentbrush style', { timeout: 90_000 }, () => {
  it('paints with the embedded trunk without VGG19, says so in a line, and keeps the rounds', async () => {
    const folder = await folderWithPictures();
    const args = ['photo.png', 'wave.png', ...once, '--rounds', '2', '--height', '64', '--offline'];
    const { code, stdout, stderr } = await style(args, folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'photo-wave.png\n' });
    const [fallback, plan] = stderr.split('\n');
    expect(fallback).toBe(
      'vgg19 has no local copy and downloads are off: using the embedded trunk of inception_v3 (to get vgg19: latentbrush models fetch vgg19)',
    );
    expect(plan).toMatch(/^70x64, 2 rounds with inception_v3, about \d+\.\d GiB of memory$/);
    expect((await readdir(join(folder, 'photo-wave-rounds'))).sort()).toEqual([
      'round-01.png',
      'round-02.png',
    ]);
    const result = await readPicture(join(folder, 'photo-wave.png'));
    expect([result.width, result.height]).toEqual([70, 64]); // the width follows
    expect(compare(result, await readPicture(join(folder, 'photo-wave-rounds', 'round-02.png')))).toBe(0);
    const { options, ...recipe } = (await readRecipe(join(folder, 'photo-wave.png'))) ?? {};
    expect(recipe).toMatchObject({ system: 'style', inputs: [{ name: 'photo.png' }, { name: 'wave.png' }] });
    expect(options).toMatchObject({ backbone: 'embedded', contentLayer: 'mixed2', pyramid: 1, rounds: 2 });
  });

  it('with --json writes one event a line and nothing else; the loss falls', async () => {
    const folder = await folderWithPictures();
    const args = ['photo.png', 'wave.png', ...quick, '--rounds', '2', '--json', '--no-save-rounds'];
    const { code, stdout, stderr } = await style(args, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = jsonLines(stdout);
    expect(lines[0]).toMatchObject({ type: 'start', height: 100, width: 110, rounds: 2 });
    expect(new Set(lines.map(({ type }) => type))).toEqual(new Set(['start', 'evaluation', 'round', 'done']));
    const [first, second] = lines.filter(({ type }) => type === 'round');
    expect(second?.loss).toBeLessThan(first?.loss as number);
    expect(Object.keys(second?.terms as object)).toEqual(['content', 'style conv2d_1', 'total variation']);
    expect(second).not.toHaveProperty('path');
    expect(lines.at(-1)).toEqual({ type: 'done', reason: 'finished', path: 'photo-wave.png' });
    expect((await readdir(folder)).sort()).toEqual(['photo-wave.png', 'photo.png', 'wave.png']);
  });

  it('mixes two styles by the weights of --style-blend', async () => {
    const folder = await folderWithPictures({ 'dunes.png': pattern(90, 90, 7) });
    const both = async (blend: string, file: string): Promise<Picture> => {
      const all = ['photo.png', 'wave.png', 'dunes.png', '--style-blend', blend, ...quick];
      expect(await style([...all, '-o', file, '--quiet'], folder)).toMatchObject({ code: 0, stderr: '' });
      return readPicture(join(folder, file));
    };
    const wave = await painted([], folder);
    expect(compare(await both('1,0', 'a.png'), wave)).toBeLessThan(0.05);
    expect(compare(await both('1,3', 'b.png'), wave)).toBeGreaterThan(0.1);
    expect((await readRecipe(join(folder, 'b.png')))?.options).toMatchObject({
      styleBlend: [1, 3],
      roles: { content: [0], styles: [1, 2] },
    });
  });

  it('--init noise begins with noise drawn from the seed', async () => {
    const folder = await folderWithPictures();
    const noise = ['--init', 'noise', '--seed'];
    const first = await painted([...noise, '4'], folder);
    expect(compare(first, content)).toBeGreaterThan(40);
    expect(compare(await painted([...noise, '4'], folder), first)).toBe(0);
    expect(compare(await painted([...noise, '5'], folder), first)).toBeGreaterThan(10);
  });

  it('--optimizer adam, --mask and --pyramid change what is painted, and where', async () => {
    const folder = await folderWithPictures({ 'mask.png': leftHalf(110, 100) });
    const usual = await painted([], folder);
    expect(compare(await painted(['--optimizer', 'adam'], folder), usual)).toBeGreaterThan(0.1);
    const pyramid = ['--pyramid', '2', '--rounds', '2', '--height', '128'];
    expect(await painted(pyramid, folder)).toMatchObject({ height: 128, width: 141 });

    const { data } = await painted(['--mask', 'mask.png', '--tv-weight', '0'], folder);
    const change = { left: 0, right: 0 };
    data.forEach((value, i) => {
      change[i % 110 < 55 ? 'left' : 'right'] += Math.abs(value - content.data[i]!);
    });
    expect(change.left).toBeGreaterThan(3 * change.right);

    await writeTransparentMask(join(folder, 'clear.png'), 110, 100);
    expect((await painted(['--mask', 'clear.png', '--tv-weight', '0'], folder)).data).toEqual(data);
  });

  it('--keep-colors keeps the colours of the content, by luminance or by histogram', async () => {
    const red = pattern(90, 110, 3);
    red.data.fill(230, 0, 90 * 110);
    const folder = await folderWithPictures({ 'wave.png': red });
    const more = ['--rounds', '3', '--content-weight', '0'];
    const usual = colourDifference(await painted(more, folder), content);
    const luminanceOnly = await painted([...more, '--keep-colors'], folder);
    expect(colourDifference(luminanceOnly, content)).toBeLessThan(2); // what is clipped
    expect(compare(luminanceOnly, content)).toBeGreaterThan(0.5);
    const histogram = await painted([...more, '--keep-colors', 'histogram'], folder);
    expect(colourDifference(histogram, content)).toBeLessThan(usual);
    expect(compare(histogram, luminanceOnly)).toBeGreaterThan(0.5);
  });

  it('on Ctrl-C writes the picture so far and ends with 130', async () => {
    const folder = await folderWithPictures();
    const args = ['photo.png', 'wave.png', ...quick, '--evaluations', '9999', '--json'];
    const { code, stdout } = await call(['style', ...args], folder, {
      interruptAfter: '"type":"evaluation"',
    });
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toEqual({ type: 'done', reason: 'aborted', path: 'photo-wave.png' });
    expect(compare(await readPicture(join(folder, 'photo-wave.png')), content)).toBeGreaterThan(0.5);
  });
});

const small = ['--size', '64', '--style-size', '64', '--filters', '4', '--residual-blocks', '1', '--batch-size', '1', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--threads', '1']; // prettier-ignore

describe('latentbrush style train and apply', { timeout: 90_000 }, () => {
  const photos = {
    'photos/a.png': pattern(90, 80, 4),
    'photos/deep/b.png': pattern(80, 90, 5),
    'photos/b-painted.png': pattern(80, 90, 6),
  };

  it('trains, continues, describes the run, paints and exports', async () => {
    const folder = await folderWithPictures(photos);
    const fresh = [
      'train',
      'wave.png',
      '--content-dir',
      'photos',
      ...small,
      '--iterations',
      '3',
      '--run',
      'r',
    ];
    const { code, stdout, stderr } = await style([...fresh, '--style-weight', '7', '--seed', '9'], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join('r', 'samples', 'step-000003.png')}\n` });
    expect(stderr).toMatch(
      /parameters, 3 pictures, about \d+ MiB of memory\n[^]*finished at step 3: r\npaint: {4}latentbrush style apply r/,
    );

    // Flags that `style` has, too, are those of the training.
    const told = await call(['info', 'r'], folder);
    expect(told.stdout).toMatch(/options .*styleSize 64.* styleWeight 7.* threads 1/);
    expect(told.stdout).toMatch(
      /^style +\/.*wave\.png\npictures +\/.*photos\n[^]*^seed +9\n[^]*^steps +3\n/m,
    );

    const more = await style(['train', '--resume', 'r', '--iterations', '4', '--json'], folder);
    expect({ code: more.code, stderr: more.stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(more.stdout)[0]).toMatchObject({
      type: 'start',
      step: 3,
      total: 4,
      pictures: 3,
      pairs: 0,
    });
    expect(jsonLines(more.stdout).at(-1)).toEqual({ type: 'done', step: 4, reason: 'finished' });

    const nothing = await style(['train', '--resume', 'r', '--iterations', '2'], folder);
    expect(nothing.code).toBe(0);
    expect(nothing.stderr).toMatch(/^r: is already at step 4 \(finished\); nothing to do; raise --it/m);

    const applied = await style(['apply', 'r', 'photo.png', '--size', '88'], folder);
    expect(applied).toEqual({ code: 0, stdout: 'photo-wave.png\n', stderr: '' });
    const one = await readPicture(join(folder, 'photo-wave.png'));
    expect([one.width, one.height]).toEqual([88, 80]);

    await writePicture(join(folder, 'photos', 'a.webp'), pattern(70, 80));
    await writeFile(join(folder, 'photos', 'cut.png'), (await badPictureFiles())['cut.png']);
    await writePicture(join(folder, 'photos', 'aa.png'), pattern(1, 1));
    const many = await style(['apply', 'r', 'photos', '-o', 'all', '--json'], folder);
    expect({ code: many.code, stderr: many.stderr }).toEqual({ code: 1, stderr: '' });
    expect(jsonLines(many.stdout).at(-1)).toEqual({
      type: 'done',
      reason: 'finished',
      count: 6,
      leftOut: 2,
      path: 'all',
    });
    const skipped = jsonLines(many.stdout).filter(({ type }) => type === 'skipped');
    expect(skipped).toMatchObject([
      {
        path: join('photos', 'aa.png'),
        reason: `${join('photos', 'aa.png')}: 1x1 is too small to be painted; it needs 16 pixels a side`,
      },
      { path: join('photos', 'cut.png') },
    ]);
    const files = (await readdir(join(folder, 'all'), { recursive: true })).sort();
    expect(files).toEqual(['a.png', 'a.webp.png', 'b-painted.png', 'deep', join('deep', 'b.png')]);
    expect(await readPicture(join(folder, 'all', 'deep', 'b.png'))).toMatchObject({ width: 80, height: 90 });

    const exported = await call(['export', 'r', '--size', '88x80', '-o', 'r.onnx'], folder);
    expect(exported.stdout).toMatch(/^r\.onnx: \d\.\d\d MB\n +inputs +pictures\n +outputs +painted\n$/);
    await expectExportPaintsAlike(folder, pattern(88, 80, 2));
  });

  it('learns from pairs, and continues with them', async () => {
    const folder = await folderWithPictures({ ...photos, 'photos/b.png': pattern(80, 90, 5) });
    const fresh = ['train', 'wave.png', '--content-dir', 'photos', '--pairs-dir', 'photos', ...small];
    const { code, stdout } = await style([...fresh, '--iterations', '2', '--run', 'r', '--json'], folder);
    expect(code).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ type: 'start', pictures: 4, pairs: 1 });
    expect(jsonLines(stdout).find(({ type }) => type === 'step')?.pairs).toBeGreaterThan(0);
    const endless = ['style', 'train', '--resume', 'r', '--iterations', '99999', '--json'];
    const interrupted = await call(endless, folder, { interruptAfter: '"type":"step"' });
    const last = jsonLines(interrupted.stdout).at(-1);
    expect({ code: interrupted.code, last }).toMatchObject({
      code: 130,
      last: { type: 'done', reason: 'aborted' },
    });
    const name = `step-${String(last?.step).padStart(8, '0')}.safetensors`;
    expect((await stat(join(folder, 'r', 'checkpoints', name))).size).toBeGreaterThan(1000);
  });

  it('applies the given checkpoint, and remake finds it', async () => {
    const folder = await folderWithPictures({ 'one/a.png': pattern(80, 80) });
    const fresh = ['train', 'wave.png', '--content-dir', 'one', ...small, '--iterations', '2', '--run', 'r'];
    await style([...fresh, '--checkpoint-every', '1', '--quiet'], folder);
    const appliedTo = async (source: string, ...which: string[]): Promise<Picture> => {
      const out = source === 'one' ? 'all' : 'out.png';
      await rm(join(folder, out), { recursive: true, force: true });
      const { code, stderr } = await style(['apply', 'r', source, '-o', out, '--quiet', ...which], folder);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return readPicture(join(folder, source === 'one' ? 'all/a.png' : out));
    };
    const latest = await appliedTo('photo.png');
    expect(await appliedTo('photo.png', '--checkpoint', '2')).toEqual(latest);
    expect(await appliedTo('photo.png', '--checkpoint', 'best')).toEqual(latest); // while there is none
    const first = await appliedTo('photo.png', '--checkpoint', '1');
    expect(first).not.toEqual(latest);
    expect(await readRecipe(join(folder, 'out.png'))).toMatchObject({
      inputs: [{ name: 'photo.png' }, { name: 'step-00000001.safetensors' }],
    });
    const again = await call(['remake', 'out.png', '--inputs', 'r'], folder);
    expect(again.stderr).toMatch(/^the same picture, pixel by pixel$/m);
    expect(await appliedTo('one', '--checkpoint', '1')).not.toEqual(await appliedTo('one'));
    expect(await refusal(['style', 'apply', 'r', 'photo.png', '--checkpoint', '9'], folder)).toContain(
      '--checkpoint: "9" was given; expected best, latest or the step of a kept checkpoint: 1, 2',
    );
    expect(await refusal(['style', 'apply', 'one', 'photo.png', '-o', 'x.png', '--checkpoint', '1'], folder)).toMatch(/one: not a run/); // prettier-ignore
  });

  it('applies a style to the frames of an animation', async () => {
    const folder = await folderWithPictures({ 'film/1.png': content, 'film/2.png': pattern(110, 100, 2) });
    const fresh = ['train', 'wave.png', '--content-dir', 'film', ...small, '--iterations', '1', '--run', 'r'];
    expect(await style([...fresh, '--quiet'], folder)).toMatchObject({ code: 0, stderr: '' });
    await writePicture(join(folder, 'film', '1b.png'), pattern(1, 1));
    await writeFile(join(folder, 'film', 'cut.png'), (await badPictureFiles())['cut.png']);
    const args = ['apply', 'r', 'film', '-o', 'film.gif', '--fps', '5', '--quiet'];
    const { code, stdout, stderr } = await style(args, folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'film.gif\n' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'left out: film/1b.png: the frame is 1x1, most are 110x100; all frames must have the same size',
      expect.stringMatching(/^left out: film\/cut\.png: /),
      '2 pictures were left out',
    ]);
    const { pages, delay } = await sharp(join(folder, 'film.gif')).metadata();
    expect({ pages, delay }).toEqual({ pages: 2, delay: [200, 200] });
  });
});

/** Compares the output of the exported file in ONNX Runtime with that of the library. */
async function expectExportPaintsAlike(folder: string, picture: Picture): Promise<void> {
  const painter = await StylePainter.load(join(folder, 'r'), { threads: 1 });
  const expected = await painter.paint(picture);
  await painter.release();
  const session = await InferenceSession.create(await readFile(join(folder, 'r.onnx')));
  const { height, width, data } = picture;
  const { painted: found } = await session.run({
    pictures: new Tensor('float32', data, [1, 3, height, width]),
  });
  const values = found?.data as Float32Array;
  expect(values).toHaveLength(expected.data.length);
  expect(Math.max(...values.map((value, i) => Math.abs(value - expected.data[i]!)))).toBeLessThan(0.01);
}

describe('style: bad input ends in one line on standard error, code 2 and nothing half-written', () => {
  type Case = [string, string[], RegExp];
  const pictures: Case[] = [
    ...Object.entries(badPictures).map(([name, message]): Case => [
      `the style ${name}`,
      ['photo.png', name, ...quick],
      message,
    ]),
    ['an invalid content', ['notes.png', 'wave.png', ...quick], badPictures['notes.png']],
    ['a mask that is truncated', ['photo.png', 'wave.png', '--mask', 'cut.png'], badPictures['cut.png']],
    ['a missing content', ['none.png', 'wave.png'], /none\.png: no such file or folder; check the path/],
    ['a folder as the content', ['void', 'wave.png'], /void: is a folder; a picture file is needed here/],
    ['no style', ['photo.png'], /a picture and at least one style are needed/],
    [
      'a style that --pyramid took for its value',
      ['photo.png', '--pyramid', 'wave.png'],
      /--pyramid: "wave\.png" was read as its value; put --pyramid last, or write --pyramid=3\n/,
    ],
    [
      'a style that --keep-colors took for its value',
      ['photo.png', '--keep-colors', 'wave.png'],
      /--keep-colors: "wave\.png" was read as its value; put --keep-colors last, or write --keep-colors=luminance\n/,
    ],
    ['more masks than styles', ['photo.png', 'wave.png', '--mask', 'a', '--mask', 'b'], /--mask: 2 masks/],
    [
      'a mask that is black',
      ['photo.png', 'wave.png', ...quick, '--mask', 'black.png'],
      /error: black\.png: it is all black, so wave\.png would be painted nowhere/,
    ],
  ];
  const settings: Case[] = [
    ['a wrong extension', ['-o', 'x.gif'], /x\.gif: "\.gif" is not an extension of a picture file/],
    ['a missing folder', ['-o', 'no/x.png'], /no\/x\.png: the folder to write into does not exist/],
    ['rounds where a file is', ['-o', 'taken.png'], /taken-rounds: is a file; a folder is needed here/],
    [
      'an unknown layer',
      ['--style-layers', 'conv2d_999'],
      /layer "conv2d_999" does not exist .*nearest: conv2d_/,
    ],
    [
      'a layer beyond the embedded trunk',
      ['--backbone', 'inception_v3', '--style-layers', 'mixed9', '--offline'],
      /layer "mixed9" is beyond the embedded trunk .*models fetch inception_v3/,
    ],
    ['an unknown network', ['--backbone', 'vgg18'], /backbone "vgg18" does not exist; nearest: vgg1/],
    ['VGG19 offline', ['--backbone', 'vgg19', '--style-layers', 'block1_conv1', '--content-layer', 'block1_conv2', '--offline'], /vgg19: its weights are not on this machine and downloads are off; .*models fetch vgg19/], // prettier-ignore
    ['a negative scale', ['--style-size', '-1'], /--style-size: -1 was given; it must be greater than 0\.05/],
    ['a negative weight', ['--style-weight', '-2'], /--style-weight: -2 was given; it must be at least 0/],
    ['a height that is no number', ['--height', 'tall'], /--height: "tall" is not a number/],
    [
      'a style too small for the layers',
      ['--style-layers', 'mixed5', '--style-size', '0.1'],
      /error: wave\.png: at \d+x\d+ inception_v3 has no output at the chosen layers; .*raise --style-size/,
    ],
    [
      'weights for other styles',
      ['--style-blend', '1,2'],
      /--style-blend: 2 weights were given for 1 style picture;/,
    ],
    ['one evaluation', ['--evaluations', '1'], /--evaluations: 1 is too few for L-BFGS/],
    ['no way to keep colours', ['--keep-colors', 'all'], /--keep-colors: "all" was given; /],
    [
      'too little memory',
      ['--max-memory', '0.1'],
      /memory: this needs about \d\.\d GiB, and the limit is 0\.1 GiB; lower --height, or raise --max-memory/,
    ],
    ['more memory than there is', ['--height', '8000'], /memory: this needs about \d+\.\d GiB, and /],
    ['an unknown option', ['--round', '3'], /unknown option '--round'/],
  ];
  const training: Case[] = [
    ['training without pictures', ['train', 'wave.png'], /a style picture and --content-dir are needed/],
    [
      'training on a folder without pictures',
      ['train', 'wave.png', '--content-dir', 'void'],
      /void: it contains no/,
    ],
    [
      'training on a picture in place of a folder',
      ['train', 'wave.png', '--content-dir', 'photo.png'],
      /photo\.png: is a file; a folder of pictures is needed here/,
    ],
    [
      'training on a folder whose pictures are all broken, which is named as it was given',
      ['train', 'wave.png', '--content-dir', 'bad'],
      /^error: bad: none of its pictures could be read; a folder with undamaged ones is needed/,
    ],
    [
      'training on a missing folder',
      ['train', 'wave.png', '--content-dir', 'none'],
      /none: no such (file or )?folder/,
    ],
    [
      'training on a style that is truncated',
      ['train', 'cut.png', '--content-dir', '.'],
      badPictures['cut.png'],
    ],
    ['a folder without pairs', ['train', 'wave.png', '--content-dir', '.', '--pairs-dir', '.'], /\.: contains no pairs; a pair is/], // prettier-ignore
    ['a size that the network cannot have', ['train', 'wave.png', '--content-dir', '.', '--size', '66'], /--size: 66 was given; it must be a multiple of 4/], // prettier-ignore
    ['a run folder that is taken', ['train', 'wave.png', '--content-dir', 'one', '--run', 'one', ...small], /one: contains other files/], // prettier-ignore
    ['resuming a folder that is no run', ['train', '--resume', 'one'], /one: not a run/],
    [
      'resuming with another option',
      ['train', '--resume', 'one', '--filters', '8'],
      /only --iterations, --threads and --keep can be/,
    ],
    ['applying a folder that is no run', ['apply', 'one', 'photo.png'], /one: not a run/],
    ['applying a missing run', ['apply', 'none', 'photo.png'], /none: no such folder/],
  ];
  it.each([
    ...pictures,
    ...settings.map(([what, args, message]): Case => [
      what,
      ['photo.png', 'wave.png', ...quick, ...args],
      message,
    ]),
    ...training,
  ])('%s', async (_, args, message) => {
    const folder = await folderWithPictures({
      'one/a.png': pattern(80, 80),
      'black.png': { ...content, data: content.data.map(() => 0) },
    });
    for (const [name, bytes] of Object.entries(await badPictureFiles()))
      await writeFile(join(folder, name), bytes);
    for (const name of ['void', 'bad']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'bad', 'cut.png'), (await badPictureFiles())['cut.png']);
    await writeFile(join(folder, 'taken-rounds'), '');
    expect(await refusal(['style', ...args, '--quiet'], folder)).toMatch(message);
  });

  it.each(Object.entries(badWeights))('the weights %s', async (name, message) => {
    const folder = await folderWithPictures();
    await writeFile(join(folder, name), (await badWeightsFiles())[name as keyof typeof badWeights]);
    const args = ['style', 'photo.png', 'wave.png', ...once, '--weights', name];
    expect(await refusal(args, folder)).toMatch(message);
  });

  it('a style run whose checkpoint is damaged, and pictures none of which can be read', async () => {
    const folder = await folderWithPictures({ 'one/a.png': pattern(80, 80) });
    const fresh = ['train', 'wave.png', '--content-dir', 'one', ...small, '--iterations', '1', '--run', 'r'];
    await style([...fresh, '--quiet'], folder);
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'a.png'), (await badPictureFiles())['cut.png']);
    const none = await style(['apply', 'r', 'broken', '--quiet'], folder);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(
      /^left out: broken\/a\.png: is a damaged .*\nerror: broken: none of its pictures could be painted; the first: broken\/a\.png: is a damaged .*\n$/,
    );
    expect(await readdir(folder)).not.toContain('broken-wave');
    expect(await refusal(['style', 'apply', 'r', 'broken/a.png'], folder)).toMatch(/a\.png: is a damaged/); // prettier-ignore
    // A folder becomes a folder, and an existing one is refused.
    expect(await refusal(['style', 'apply', 'r', 'one', '-o', 'film.png'], folder)).toMatch(
      /film\.png: is the name of a picture, but one is a folder; choose a name without an extension, or one that ends in \.gif, \.webp or \.mp4/,
    );
    expect(await refusal(['style', 'apply', 'r', 'one', '-o', 'broken'], folder)).toMatch(
      /broken: already contains files; choose an empty or a new folder for the pictures/,
    );
    expect(await refusal(['export', 'r', '--size', '66x66'], folder)).toMatch(/size: 66x66 does not fit/);
    const path = join(folder, 'r', 'checkpoints', 'step-00000001.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 999));
    expect(await refusal(['style', 'apply', 'r', 'photo.png'], folder)).toMatch(/step-00000001.*damaged/);
  });
});
