import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeIdx } from '../../../data/images/formats/idx.ts';
import { pictureAt } from '../../../data/index.ts';
import { idxImages, idxLabels } from '../../../data/images/formats/testing/dataset-files.ts';
import { writePicture } from '../../../image/index.ts';
import { writeConcept } from '../../../latent/index.ts';
import { createRun } from '../../../runs/index.ts';
import { dots } from '../../../vae/testing/dots.ts';
import { call } from '../../testing/call.ts';

const small = ['--filters', '4', '--batch-size', '4', '--threads', '1', '--samples', '1'];
const eight = ['--size', '8', '--channels', '1', ...small];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  const all = dots(12);
  const picture = async (path: string, index: number): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writePicture(join(folder, path), pictureAt(all, index));
  };
  for (let i = 0; i < all.count; i++) await picture(`pics/${all.labels![i]!}/${i}.png`, i);
  await picture('one/only.png', 0);
  for (const i of [0, 1, 2]) await picture(`others/${i}.png`, i);
  const whole = await readFile(join(folder, 'one/only.png'));
  const idx = { 'odd/images-idx3-ubyte': idxImages(4, 9), 'flat/images-idx3-ubyte': wide(4, 10) };
  const files: Record<string, string | Uint8Array> = {
    ...idx,
    'empty/readme.txt': 'no pictures',
    'broken/a.png': whole.subarray(0, 50),
    'broken/b.png': 'no picture',
    'notes.txt': 'notes',
    'magic-images-idx3-ubyte': Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    'cut-images-idx3-ubyte.gz': gzipSync(idxImages(40, 8)).subarray(0, 120),
    'short-images-idx3-ubyte': idxImages(40, 8).subarray(0, 900),
    'pairs/images-idx3-ubyte': idxImages(6, 8),
    'pairs/labels-idx1-ubyte': idxLabels([1, 2, 3, 4]),
    'sizes/train-images-idx3-ubyte': idxImages(6, 8),
    'sizes/t10k-images-idx3-ubyte': idxImages(6, 10),
    'no.json': '{',
    'thing.json': '{"mean": "far"}',
    'deep.json': '{"mean": [1, 2, 3], "logVar": [0, 0, 0]}',
    'endless.json': '{"mean": [1e999, 0]}',
    'taken/file': 'something',
  };
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contents);
  }
  const concept = { name: 'deep', accuracy: 1, chance: 0.5, positives: 5, negatives: 5 };
  const [three, two] = [Float32Array.of(1, 2, 3), Float32Array.of(1, 2)];
  await writeConcept(join(folder, 'three.json'), { ...concept, mean: three, logistic: three });
  await writeConcept(join(folder, 'two.json'), { ...concept, mean: two, logistic: two });
  for (const name of ['run', 'damaged'])
    await call(['vae', 'train', 'pics', '--run', name, ...eight, '--max-steps', '1', '--quiet'], folder);
  const [checkpoint] = await readdir(join(folder, 'damaged', 'checkpoints'));
  await appendFile(join(folder, 'damaged', 'checkpoints', checkpoint!), 'more');
  await createRun(join(folder, 'foreign'), { system: 'gan', options: {}, seed: 1 });
  await mkdir(join(folder, 'begun'));
  await writeFile(join(folder, 'begun', 'run.json'), await readFile(join(folder, 'run', 'run.json')));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An IDX file of pictures that are not square. */
function wide(count: number, width: number): Uint8Array {
  return encodeIdx({ shape: [count, 8, width], data: new Uint8Array(count * 8 * width) });
}

const contents = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).sort();

async function expectRefused(args: readonly string[], message: RegExp): Promise<void> {
  const before = await contents();
  const { code, stdout, stderr } = await call([...args, '--quiet'], folder);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(await contents()).toEqual(before);
}

type Case = [name: string, args: string[], message: RegExp];

describe('bad input of vae train ends in one line on standard error, code 2 and nothing half-written', () => {
  const cases: Case[] = [
    ['no data set', [], /no data set given; name a folder of pictures/],
    ['a missing folder', ['missing'], /missing: no such folder, file or data set/],
    ['a folder without pictures', ['empty'], /empty: it contains no pictures/],
    ['a folder with one picture', ['one'], /one: has only one picture; there must be at least 2/],
    [
      'pictures that are all broken',
      ['broken'],
      /broken: none of its 2 pictures can be read; the first: .*a\.png/,
    ],
    ['a file that is no data set', ['notes.txt'], /notes\.txt: is not an IDX file/],
    [
      'an IDX file with another magic',
      ['magic-images-idx3-ubyte'],
      /magic-images-idx3-ubyte: is not an IDX file: it begins with 0x01020304/,
    ],
    ['a gzip file that is truncated', ['cut-images-idx3-ubyte.gz'], /cut-images-idx3-ubyte\.gz: /],
    ['an IDX file that is truncated', ['short-images-idx3-ubyte'], /short-images-idx3-ubyte: is truncated/],
    ['labels that do not match', ['pairs'], /labels-idx1-ubyte: has 4 labels for the 6 pictures/],
    [
      'labels in place of pictures',
      ['pairs/labels-idx1-ubyte,pairs/images-idx3-ubyte'],
      /contains labels where pictures are needed/,
    ],
    [
      'a test set of another size',
      ['sizes'],
      /its test pictures are 10x10 in grey, its training pictures 8x8/,
    ],
    ['pictures of odd size', ['odd'], /9x9 cannot be halved; choose an even size, such as 10/],
    ['pictures that are not square', ['flat'], /its pictures are 10x8; load them as squares, with a size/],
    ['a name that is nearly right', ['mnits'], /nearest name: mnist/],
    ['an invalid class', ['cifar10:toad', '--offline'], /cifar10:toad: there is no such class/],
    ['an odd size', ['pics', '--size', '9'], /9x9 cannot be halved/],
    ['a size out of range', ['pics', '--size', '4'], /--size: 4 was given/],
    ['two channels', ['pics', '--channels', '2'], /--channels: 2 was given/],
    ['a latent space of nothing', ['pics', '--latent-dim', '0'], /--latent-dim: 0 was given/],
    ['an invalid number', ['pics', '--latent-dim', 'two'], /--latent-dim: "two" is not a number/],
    ['invalid networks', ['pics', '--architecture', 'hall'], /book, residual/],
    ['an unknown option', ['pics', '--latents', '3'], /--latents/],
    ['all pictures for validation', ['pics', '--validation', '1'], /--validation: 1 was given/],
    ['pictures that would leave the frame', ['pics', ...eight, '--shift', '8'], /shift/],
    ['a run folder with other files', ['pics', ...eight, '--run', 'taken'], /taken: contains other files/],
    ['a run folder that is a run', ['pics', ...eight, '--run', 'run'], /run: already contains a run/],
    ['a run folder below a file', ['pics', ...eight, '--run', 'notes.txt/r'], /notes\.txt/],
    ['resuming a missing run', ['--resume', 'missing'], /missing: no such folder/],
    ['resuming a folder that is no run', ['--resume', 'taken'], /taken: not a run/],
    ['resuming a run of another system', ['--resume', 'foreign'], /a run of 'gan', not of 'vae'/],
    [
      'resuming with another option',
      ['--resume', 'run', '--latent-dim', '3'],
      /only --epochs, --max-steps, --threads and --keep can be changed/,
    ],
    [
      'resuming with other pictures',
      ['others', '--resume', 'run'],
      /others: these are not the pictures this run was trained on \(pics\)/,
    ],
    [
      'resuming from a damaged checkpoint',
      ['--resume', 'damaged'],
      /damaged .*there is no other complete checkpoint/,
    ],
  ];
  it.each(cases)('%s', (_, args, message) =>
    expectRefused(
      ['vae', 'train', ...(args.includes('--resume') ? [] : small.slice(0, 4)), ...args],
      message,
    ),
  );
});

describe('bad input of commands on a run ends in one line on standard error, code 2 and nothing half-written', () => {
  const runs: Case[] = [
    ['a missing run', ['missing'], /missing: no such folder; choose the folder of a run/],
    ['a folder that is no run', ['pics'], /pics: not a run/],
    ['a file', ['notes.txt'], /notes\.txt: is a file, not a run/],
    ['a run of another system', ['foreign'], /foreign: a run of 'gan', not of 'vae'; use the 'gan' commands/],
    ['a run without a checkpoint', ['begun'], /begun: has no checkpoint yet/],
    ['a run with a damaged checkpoint', ['damaged'], /damaged/],
  ];
  it.each(runs)('%s', async (_, args, message) => {
    await expectRefused(['vae', 'grid', ...args], message);
    await expectRefused(['vae', 'encode', ...args, 'one/only.png'], message);
    await expectRefused(['vae', 'bend', ...args, '0,0', '--concept', 'two.json'], message);
  });

  const cases: Case[] = [
    [
      'grid: no pictures',
      ['grid', 'run', '--count', '0'],
      /--count: 0 was given; a whole number of at least 1/,
    ],
    ['grid: too many', ['grid', 'run', '--count', '65'], /--count: 65 was given; at most 64 per side/],
    [
      'grid: one axis twice',
      ['grid', 'run', '--axes', '0,0'],
      /--axes: "0,0" was given; two different numbers from 0 to 1/,
    ],
    ['grid: an invalid axis', ['grid', 'run', '--axes', '0,2'], /--axes: "0,2" was given/],
    ['grid: three axes', ['grid', 'run', '--axes', '0,1,0'], /--axes: "0,1,0" was given/],
    ['grid: axes that are no numbers', ['grid', 'run', '--axes', 'x,y'], /--axes: "x" is not a number/],
    [
      'grid: a picture of no format',
      ['grid', 'run', '-o', 'grid.bmp'],
      /grid\.bmp: "\.bmp" is not an extension/,
    ],
    [
      'grid: a folder that is missing',
      ['grid', 'run', '-o', 'missing/grid.png'],
      /missing\/grid\.png: the folder to write into does not exist/,
    ],
    ['sample: half a picture', ['sample', 'run', '--count', '1.5'], /--count: 1\.5 was given/],
    [
      'sample: too many',
      ['sample', 'run', '--count', '1e9'],
      /--count: 1000000000 pictures of 8x8 were requested; at most 4194304/,
    ],
    [
      'sample: a seed below 0',
      ['sample', 'run', '--seed', '-1'],
      /--seed: -1 was given; a whole number of at least 0/,
    ],
    ['sample: no threads', ['sample', 'run', '--threads', '0'], /--threads: 0 was given/],
    ['reconstruct: a missing picture', ['reconstruct', 'run', 'missing.png'], /missing\.png: no such file/],
    [
      'reconstruct: a broken picture',
      ['reconstruct', 'run', 'one/only.png', 'broken/a.png'],
      /broken\/a\.png: /,
    ],
    ['encode: a broken picture', ['encode', 'run', 'broken/b.png'], /broken\/b\.png: is not a picture/],
    [
      'encode: a folder that is missing',
      ['encode', 'run', 'one/only.png', '-o', 'missing/p.json'],
      /missing\/p\.json: the folder to write into/,
    ],
    ['decode: no points', ['decode', 'run'], /missing required argument 'points'/],
    [
      'decode: too few numbers',
      ['decode', 'run', '1'],
      /1: has 1 number; the latent space of this run has 2 dimensions/,
    ],
    ['decode: too many numbers', ['decode', 'run', '0,0', '1,2,3'], /1,2,3: has 3 numbers/],
    ['decode: half a number', ['decode', 'run', '1,'], /1,: /],
    ['decode: numbers beyond all bounds', ['decode', 'run', '1e99,0'], /1e99,0: /],
    [
      'decode: an invalid picture number',
      ['decode', 'run', '#12'],
      /pics: there is no picture 12; they are numbered from 0 to 11/,
    ],
    [
      'decode: words that no picture has',
      ['decode', 'run', '#unicorn'],
      /#unicorn: pics has no picture with this name/,
    ],
    ['decode: no words', ['decode', 'run', '#'], /has no word to search for/],
    [
      'decode: an invalid seed',
      ['decode', 'run', 'seed:x'],
      /seed:x: a whole number of at least 0 is needed after seed:/,
    ],
    ['decode: a missing file', ['decode', 'run', 'missing.json'], /missing\.json: no such file/],
    [
      'decode: half a JSON file',
      ['decode', 'run', 'no.json'],
      /no\.json: contains no point; make one with: latentbrush vae encode/,
    ],
    ['decode: JSON of something else', ['decode', 'run', 'thing.json'], /thing\.json: contains no point/],
    [
      'decode: JSON of an infinite point',
      ['decode', 'run', 'endless.json'],
      /endless\.json: contains no point/,
    ],
    [
      'decode: the point of another run',
      ['decode', 'run', 'deep.json'],
      /deep\.json: has 3 numbers; the latent space of this run has 2/,
    ],
    ['interpolate: one point', ['interpolate', 'run', '0,0'], /1 point was given; at least two are needed/],
    ['interpolate: no steps', ['interpolate', 'run', '0,0', '1,1', '--steps', '0'], /--steps: 0 was given/],
    [
      'interpolate: too many steps',
      ['interpolate', 'run', '0,0', '1,1', '--steps', '1e8'],
      /--steps: 100000001 pictures/,
    ],
    [
      'interpolate: another method',
      ['interpolate', 'run', '0,0', '1,1', '--method', 'cubic'],
      /linear, spherical/,
    ],
    [
      'interpolate: no frames',
      ['interpolate', 'run', '0,0', '1,1', '--fps', '0', '-o', 'i.gif'],
      /i\.gif: 0 frames per second/,
    ],
    [
      'interpolate: an invalid speed',
      ['interpolate', 'run', '0,0', '1,1', '--fps', 'fast', '-o', 'i.gif'],
      /--fps: "fast" is not a number/,
    ],
    [
      'walk: no animation',
      ['walk', 'run', '--points', '2', '-o', 'walk.png'],
      /walk\.png: \.png is not an animation/,
    ],
    ['walk: one point', ['walk', 'run', '--points', '1'], /1 point was given; at least two/],
    [
      'walk: too far',
      ['walk', 'run', '--points', '1e5', '--steps', '1e5'],
      /--points and --steps: 10000000000 pictures/,
    ],
    ['walk: a folder that is missing', ['walk', 'run', '--points', '2', '-o', 'missing/walk.gif'], /missing/],
    ['map: too few pictures', ['map', 'run'], /12 pictures cannot be mapped; give 16/],
    ['map: another method', ['map', 'run', '--method', 'tsne'], /umap, pca/],
    ['map: pictures that are missing', ['map', 'run', 'missing'], /missing: no such folder/],
    [
      'concept: of nothing',
      ['concept', 'run'],
      /give --label with words, or --from and --to with two folders/,
    ],
    [
      'concept: of one folder',
      ['concept', 'run', '--from', 'pics'],
      /give --label with words, or --from and --to/,
    ],
    [
      'concept: of words and folders',
      ['concept', 'run', '--label', 'left', '--from', 'pics', '--to', 'others'],
      /give --label with words, or/,
    ],
    [
      'concept: of a data set and folders',
      ['concept', 'run', 'pics', '--from', 'pics', '--to', 'others'],
      /vae concept: a data set \(pics\) and two folders were given; leave it out, or give --label/,
    ],
    [
      'concept: words that no picture has',
      ['concept', 'run', '--label', 'unicorn'],
      /concept "unicorn": 0 pictures with it were found; at least 5/,
    ],
    [
      'concept: words that all pictures have',
      ['concept', 'run', '--label', 'left|right'],
      /0 pictures without it were found/,
    ],
    [
      'concept: the same pictures twice',
      ['concept', 'run', '--from', 'pics', '--to', 'pics'],
      /--from \(pics\) and --to \(pics\) contain the same pictures; give pictures without the concept/,
    ],
    [
      'concept: a path for a name',
      ['concept', 'run', '--label', 'left', '--name', '../../evil'],
      /--name: "..\/..\/evil" was given; a name is needed, not a path; use -o to say where to write/,
    ],
    [
      'concept: a name without a letter',
      ['concept', 'run', '--from', 'pics', '--to', 'others', '--name', '..'],
      /--name: ".." was given; a name of letters and digits is needed/,
    ],
    ...['-1', '1.5', '1e9'].map((query): [string, string[], RegExp] => [
      `decode: the picture with the number ${query}`,
      ['decode', 'run', `#${query}`],
      /pics: there is no picture .*; they are numbered from 0 to 11/,
    ]),
    ['concept: no words', ['concept', 'run', '--label', '...'], /has no word to search for/],
    [
      'concept: folders with too few',
      ['concept', 'run', '--from', 'pics', '--to', 'others'],
      /concept "others": 3 pictures with it/,
    ],
    ['bend: no concept', ['bend', 'run', '0,0'], /--concept/],
    [
      'bend: a missing concept',
      ['bend', 'run', '0,0', '--concept', 'missing.json'],
      /missing\.json: no such file/,
    ],
    [
      'bend: a file that is no concept',
      ['bend', 'run', '0,0', '--concept', 'deep.json'],
      /deep\.json: is not a concept; make one with/,
    ],
    [
      'bend: the concept of another run',
      ['bend', 'run', '0,0', '--concept', 'three.json'],
      /concept "deep": it has 3 dimensions, but this latent space has 2; learn the concept with this run/,
    ],
    ...['2', 'a..b', '1..', '..1', '1..2..3'].map((strength): Case => [
      `bend: a strength of "${strength}"`,
      ['bend', 'run', '0,0', '--concept', 'two.json', '--strength', strength],
      /--strength: ".*" was given; write from\.\.to, such as -2\.\.2/,
    ]),
    [
      'bend: no steps',
      ['bend', 'run', '0,0', '--concept', 'two.json', '--steps', '0'],
      /--steps: 0 was given/,
    ],
    [
      'bend: beyond all bounds',
      ['bend', 'run', '0,0', '--concept', 'two.json', '--strength', `0..${'9'.repeat(39)}`],
      /NaN or infinite coordinates/,
    ],
    [
      'bend: another direction',
      ['bend', 'run', '0,0', '--concept', 'two.json', '--direction', 'up'],
      /mean, logistic/,
    ],
    [
      'bend: two pictures in one animation',
      ['bend', 'run', '0,0', '1,1', '--concept', 'two.json', '-o', 'b.gif'],
      /an animation shows one picture; give one/,
    ],
    ['neighbors: none', ['neighbors', 'run', '--neighbors', '0'], /--neighbors: 0 was given/],
    ['neighbors: of too many', ['neighbors', 'run', '--count', '1e9'], /--count: 1000000000 pictures/],
  ];
  it.each(cases)('%s', (_, args, message) => expectRefused(['vae', ...args], message));

  it.each<Case>([
    ['into one file', ['-o', 'model.onnx'], /model\.onnx: a VAE is written as two files, .*; give a folder/],
    ['where a file is', ['-o', 'notes.txt'], /notes\.txt: /],
    ['with a flag of styles', ['--size', '64x64'], /--size: has no effect for a run of 'vae'/],
    [
      'of a missing checkpoint',
      ['--checkpoint', '99'],
      /--checkpoint: "99" was given; expected best, latest/,
    ],
  ])('export %s', (_, args, message) => expectRefused(['export', 'run', ...args], message));

  it('export of a damaged run', () => expectRefused(['export', 'damaged'], /damaged/));
});
