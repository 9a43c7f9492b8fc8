import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureAt } from '../../../data/index.ts';
import { discs } from '../../../gan/testing/discs.ts';
import { readPicture, writePicture, type Picture } from '../../../image/index.ts';
import { readConcept, writeConcept } from '../../../latent/index.ts';
import { readMetrics } from '../../../runs/metrics.ts';
import { call } from '../../testing/call.ts';
import { built, finish, jsonLines, start, type Finished } from '../../testing/program.ts';

/** Side of a tile on the sheets: 16 pixels, four times enlarged; gaps of 2 between and around. */
const TILE = 64;
const sideOf = (tiles: number): number => tiles * TILE + (tiles + 1) * 2;

const small = ['--size', '16', '--filters', '4', '--latent-dim', '6', '--batch-size', '4', '--threads', '1'];
const quick = [...small, '--sample-every', '4', '--samples', '4'];

// All commands use the same two runs, which are trained once: `plain`, and `kinds` by class.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  const all = discs(54);
  for (let i = 0; i < all.count; i++) {
    const path = join(folder, 'pics', all.labels![i]!, `disc-${i}.png`);
    await mkdir(join(path, '..'), { recursive: true });
    await writePicture(path, pictureAt(all, i));
  }
  await gan('train', 'pics', '--run', 'plain', '--architecture', 'dcgan', '--iterations', '8', ...quick);
  await gan(
    'train',
    'pics',
    '--run',
    'kinds',
    '--preset',
    'dcgan',
    '--conditional',
    '--iterations',
    '4',
    ...quick,
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `latentbrush gan`, which must succeed. */
async function gan(...args: string[]): Promise<Finished> {
  const finished = await call(['gan', ...args], folder);
  expect(finished).toMatchObject({ code: 0 });
  return finished;
}

/** The last event of a command with `--json`. */
async function told(...args: string[]): Promise<Record<string, unknown>> {
  return jsonLines((await gan(...args, '--json')).stdout).at(-1)!;
}

const at = (name: string): string => join(folder, name);
const shown = (name: string): Promise<Picture> => readPicture(at(name));

/** One tile of a sheet, its red values. */
function tile({ data, width }: Picture, row: number, column: number): number[] {
  return Array.from({ length: 256 }, (_, i) => {
    const y = 2 + row * (TILE + 2) + Math.floor(i / 16) * 4;
    const x = 2 + column * (TILE + 2) + (i % 16) * 4;
    return data[y * width + x]!;
  });
}

describe('gan train', () => {
  it('shows what it generates, and says how to continue', async () => {
    const { stdout, stderr } = await gan(
      'train',
      'pics',
      '--run',
      'told',
      '--architecture',
      'dcgan',
      '--iterations',
      '4',
      ...quick,
    );
    expect(stdout).toMatch(
      /^step 4: discriminator \d\.\d{4} \(accuracy on real \d+ %, on generated \d+ %\), generator/m,
    );
    expect(stdout).toContain(join('told', 'samples', 'step-000004-generated.png'));
    expect(stderr).toMatch(
      /generator [\d,]+ parameters, discriminator [\d,]+, 54 pictures, about \d+ MiB of memory/,
    );
    expect(stderr).toContain('latentbrush gan sample told');
  });

  it('uses the options of the preset, and given ones over them', async () => {
    const { options, extra } = JSON.parse(await readFile(at('kinds/run.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(options).toMatchObject({
      loss: 'hinge',
      spectralNorm: true,
      ema: 0.995,
      optimizer: 'adam',
      latentDim: 6,
      batchSize: 4,
    });
    expect(extra).toMatchObject({
      classes: ['blue', 'green', 'red'],
      architecture: { kind: 'dcgan', classes: 3 },
    });
  });

  it('continues where it stopped, with the result of an uninterrupted training', async () => {
    const start = ['train', 'pics', '--architecture', 'dcgan', ...quick];
    await gan(...start, '--run', 'parts', '--iterations', '4');
    const events = jsonLines((await gan('train', '--resume', 'parts', '--iterations', '8', '--json')).stdout);
    expect(events[0]).toMatchObject({ type: 'start', step: 4, total: 8 });
    expect(events.at(-1)).toEqual({ type: 'done', step: 8, reason: 'finished' });
    expect(await readMetrics({ folder: at('parts') })).toEqual(await readMetrics({ folder: at('plain') }));
    const checkpoint = 'checkpoints/step-00000008.safetensors';
    expect(await readFile(at(`parts/${checkpoint}`))).toEqual(await readFile(at(`plain/${checkpoint}`)));
    const sheet = 'samples/step-000008-generated.png';
    expect(await shown(`parts/${sheet}`)).toEqual(await shown(`plain/${sheet}`));
  });
});

describe('gan sample', () => {
  it('draws a sheet, the same for the same seed', async () => {
    const { points, ...done } = await told('sample', 'plain', '--count', '9');
    expect(done).toEqual({ type: 'done', path: 'samples.png', seed: 1, count: 9 });
    expect((points as number[][]).map(({ length }) => length)).toEqual(Array(9).fill(6));
    const sheet = await shown('samples.png');
    expect([sheet.height, sheet.width]).toEqual([sideOf(3), sideOf(3)]);
    await gan('sample', 'plain', '--count', '9', '-o', 'again.png');
    expect(await readFile(at('again.png'))).toEqual(await readFile(at('samples.png')));
    await gan('sample', 'plain', '--count', '9', '--seed', '2', '-o', 'other.png');
    expect(await shown('other.png')).not.toEqual(sheet);
  });

  it('has less variety with --truncation', async () => {
    const variety = async (...flags: string[]): Promise<number> => {
      await gan('sample', 'plain', '--count', '4', ...flags, '-o', 'tamed.png');
      const sheet = await shown('tamed.png');
      const tiles = [0, 1, 2, 3].map((i) => tile(sheet, Math.floor(i / 2), i % 2));
      return tiles.slice(1).reduce((sum, other) => sum + distance(other, tiles[0]!), 0);
    };
    expect(await variety('--truncation', '0.1')).toBeLessThan(0.5 * (await variety()));
  });

  it('draws all classes in turn, or the given one', async () => {
    await gan('sample', 'kinds', '--count', '4', '-o', 'cycle.png');
    await gan('sample', 'kinds', '--count', '4', '--class', 'green', '-o', 'green.png');
    const [cycle, green] = [await shown('cycle.png'), await shown('green.png')];
    expect(tile(cycle, 0, 1)).toEqual(tile(green, 0, 1)); // green is the second
    expect(tile(cycle, 0, 0)).not.toEqual(tile(green, 0, 0));
    expect(tile(cycle, 1, 0)).not.toEqual(tile(green, 1, 0));
  });

  it('finds a class in composed and decomposed Unicode, also one that version 0.1.0 kept decomposed', async () => {
    const [composed, decomposed] = ['gr\u00fcn', 'gru\u0308n'];
    await cp(join(folder, 'kinds'), join(folder, 'kinds-nfd'), { recursive: true });
    const file = join(folder, 'kinds-nfd', 'run.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"green"', `"${decomposed}"`));
    for (const name of [composed, decomposed]) {
      const args = ['sample', 'kinds-nfd', '--count', '1', '--class', name, '-o', 'accent.png'];
      expect(await gan(...args)).toMatchObject({ code: 0, stderr: '' });
    }
  });
});

describe('gan interpolate', () => {
  it('shows the path between two seeds, from the first to the second', async () => {
    await gan('interpolate', 'plain', '7', '12', '--steps', '4', '-o', 'way.png');
    const way = await shown('way.png');
    expect([way.height, way.width]).toEqual([sideOf(1), sideOf(5)]);
    await gan('sample', 'plain', '--count', '1', '--seed', '12', '-o', 'end.png');
    expect(tile(way, 0, 4)).toEqual(tile(await shown('end.png'), 0, 0));
    const steps = [1, 2, 3, 4].map((i) => distance(tile(way, 0, i), tile(way, 0, 0)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it('keeps one class along the path', async () => {
    await gan('interpolate', 'kinds', '3', '3', '--steps', '2', '-o', 'still.png');
    const still = await shown('still.png');
    expect(tile(still, 0, 1)).toEqual(tile(still, 0, 0));
    expect(tile(still, 0, 2)).toEqual(tile(still, 0, 0));
  });

  it('writes an animation', async () => {
    expect(await told('interpolate', 'plain', '1', '2', '3', '--steps', '3', '-o', 'way.gif')).toEqual({
      type: 'done',
      reason: 'finished',
      path: 'way.gif',
      frames: 7,
    });
  });
});

it('gan walk leads from point to point and back to the first', async () => {
  expect(await told('walk', 'plain', '--points', '3', '--steps', '2')).toEqual({
    type: 'done',
    reason: 'finished',
    path: 'walk.gif',
    frames: 6,
  });
  const { pages, width, pageHeight } = await sharp(at('walk.gif'), { animated: true }).metadata();
  expect({ pages, width, pageHeight }).toEqual({ pages: 6, width: 256, pageHeight: 256 });
});

it('gan progress shows the sheets of the training, the last for a second', async () => {
  expect(await told('progress', 'plain', '--fps', '2')).toEqual({
    type: 'done',
    reason: 'finished',
    path: 'progress.gif',
    frames: 2 + 2,
  });
  const { width, pageHeight } = await sharp(at('progress.gif'), { animated: true }).metadata();
  expect([width, pageHeight]).toEqual([sideOf(2), sideOf(2)]);
});

it('gan score shows distance and variety, the features, and the score of chance', async () => {
  const score = await told('score', 'plain', '--count', '54');
  expect(score).toMatchObject({ type: 'score', count: 54 });
  expect(score.features).toContain('embedded trunk');
  // After eight iterations the pictures are grey noise: far from the real ones, and nearly all the same.
  expect(score.kid).toBeGreaterThan(5 * Math.abs(score.kidOfReal as number));
  expect(score.diversity).toBeLessThan(0.8);
}, 120_000);

describe('gan concept and gan bend', () => {
  it('learn a direction from named pictures, show its evidence, and bend pictures along it', async () => {
    const words = ['--label', 'red|green', '--against', 'blue', '--name', 'warm'];
    const { stdout } = await gan('concept', 'plain', 'pics', ...words, '--count', '25', '-o', 'warm.json');
    expect(stdout).toMatch(
      /^warm\.json: "warm" from 25 generated pictures, .* 25 pictures with the concept and 18 without$/m, // of 36 and 18
    );
    const right = /is right for (\d+\.\d) % of unseen pictures \(always the same answer: 58\.1 %\)/;
    expect(Number(right.exec(stdout)?.[1])).toBeGreaterThan(80);
    expect(stdout).toMatch(/separated by their points alone with \d+\.\d % accuracy \(chance: 50\.0 %\)/);
    const concept = await readConcept(at('warm.json'));
    expect(concept).toMatchObject({ name: 'warm', positives: 5, negatives: 5 });
    expect(concept.mean).toHaveLength(6);

    const bend = ['bend', 'plain', '7', '8', '--concept', 'warm.json', '--strength', '-1..1', '--steps', '3'];
    expect(await told(...bend)).toEqual({
      type: 'done',
      path: 'bent.png',
      concept: 'warm',
      strengths: [-1, 0, 1],
    });
    const bent = await shown('bent.png');
    expect([bent.height, bent.width]).toEqual([sideOf(2), sideOf(3)]);
    // Strength 0 is the point itself.
    await gan('sample', 'plain', '--count', '1', '--seed', '8', '-o', 'eight.png');
    expect(tile(bent, 1, 1)).toEqual(tile(await shown('eight.png'), 0, 0));
    expect(tile(bent, 1, 0)).not.toEqual(tile(bent, 1, 2));
  }, 120_000);

  it('bend as an animation, forth and back, in either direction', async () => {
    const axis = Float32Array.of(1, 0, 0, 0, 0, 0);
    const concept = {
      name: 'x',
      mean: axis,
      logistic: Float32Array.of(0, 1, 0, 0, 0, 0),
      accuracy: 1,
      chance: 0.5,
      positives: 9,
      negatives: 9,
    };
    await writeConcept(at('x.json'), concept);
    const bend = ['bend', 'plain', '7', '--concept', 'x.json'];
    expect(await told(...bend, '--steps', '5', '-o', 'bent.gif')).toEqual({
      type: 'done',
      reason: 'finished',
      path: 'bent.gif',
      frames: 5 + 3,
    });
    await gan(...bend, '--steps', '2', '-o', 'mean.png');
    await gan(...bend, '--steps', '2', '--direction', 'logistic', '-o', 'logistic.png');
    expect(await shown('mean.png')).not.toEqual(await shown('logistic.png'));
  });
});

it('latentbrush export writes the generator, info describes the run', async () => {
  const exported = await call(['export', 'kinds', '-o', 'generator.onnx', '--json'], folder);
  expect(jsonLines(exported.stdout)[0]).toMatchObject({
    type: 'exported',
    file: 'generator.onnx',
    inputs: ['z', 'labels'],
    outputs: ['pictures'],
  });
  const session = await InferenceSession.create(at('generator.onnx'));
  expect(session.inputNames).toEqual(['z', 'labels']);
  await session.release();
  const info = await call(['info', 'plain'], folder);
  expect(info.stdout).toMatch(/plain: gan run/);
});

describe.skipIf(!built)('a training ended by a signal (needs the build in dist/)', () => {
  const options = ['--iterations', '14', '--checkpoint-every', '3', '--ema', '0.9', '--augment', ...quick];
  const train = ['gan', 'train', 'pics', '--architecture', 'dcgan', ...options];

  it('killed at any moment, or stopped by Ctrl-C, continues to the result of an uninterrupted training', async () => {
    await call([...train, '--run', 'whole'], folder);
    const killed = await endAfter(2, 'SIGKILL', [...train, '--run', 'ended', '--json']);
    expect(killed.code).toBeNull();
    const again = ['gan', 'train', '--resume', 'ended', '--json'];
    expect((await endAfter(5, 'SIGKILL', again)).code).toBeNull();
    const interrupted = await endAfter(3, 'SIGINT', again);
    expect(interrupted.code).toBe(130);
    expect(jsonLines(interrupted.stdout).at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await call(again, folder)).toMatchObject({ code: 0 });
    const samples = await readdir(at('whole/samples'));
    expect((await readdir(at('ended/samples'))).sort()).toEqual(samples.sort());
    const last = 'checkpoints/step-00000014.safetensors';
    for (const file of ['metrics.jsonl', last, ...samples.map((name) => `samples/${name}`)])
      expect(await readFile(at(`ended/${file}`)), file).toEqual(await readFile(at(`whole/${file}`)));
  }, 120_000);
});

// Runs the program, and stops it after a number of reported steps.
async function endAfter(
  steps: number,
  signal: 'SIGINT' | 'SIGKILL',
  args: readonly string[],
): Promise<Finished> {
  const child = start(args, folder);
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk.split('"type":"step"').length - 1;
    if (seen >= steps && !child.killed) child.kill(signal);
  });
  return finish(child);
}

describe('bad input ends in one line on standard error, code 2 and nothing half-written', () => {
  const train = ['train', 'pics', '--run', 'r'];
  const dcgan = [...train, '--architecture', 'dcgan', ...small];
  const cases: [string, string[], RegExp][] = [
    ['no data set', ['train'], /gan train: no data set given/],
    ['a missing data set', ['train', 'missing', '--run', 'r', '--offline'], /missing/],
    ['a folder without pictures', ['train', 'empty', '--run', 'r'], /empty: .*no picture/],
    ['a broken picture and no other', ['train', 'broken', '--run', 'r'], /broken/],
    ['an unknown option', [...train, '--iteration', '3'], /--iteration/],
    ['no number', [...dcgan, '--iterations', 'many'], /--iterations: "many" is not a number/],
    ['a value out of range', [...dcgan, '--dropout', '1'], /--dropout: 1 was given/],
    ['a size there is no network for', [...train, '--size', '48'], /--size: 48 was given/],
    [
      'a size the book has no network for',
      [...train, '--size', '64'],
      /--size: the book's networks make pictures of 32x32; .*--architecture dcgan/,
    ],
    ['an unknown preset', [...train, '--preset', 'best'], /book, dcgan/],
    ['classes of the book', [...train, '--conditional'], /--conditional: .*--architecture dcgan/],
    [
      'conditional without classes in the data',
      ['train', 'pics/red', '--run', 'r', '--architecture', 'dcgan', ...small, '--conditional'],
      /--conditional: the data set has no classes/,
    ],
    ['a run folder that is taken', ['train', 'pics', '--run', 'plain'], /plain: already contains a run/],
    ['resuming a folder that is no run', ['train', '--resume', 'pics'], /pics: not a run/],
    [
      'resuming with another option',
      ['train', '--resume', 'plain', '--latent-dim', '3'],
      /--resume continues with the options of the run/,
    ],
    [
      'resuming with other pictures',
      ['train', 'pics/red', '--resume', 'plain'],
      /not the pictures this run was trained on/,
    ],
    ['a folder that is no run', ['sample', 'pics'], /pics: not a run/],
    ['a path without a file', ['walk', 'nothing'], /nothing: no such folder/],
    ['a run of another system', ['sample', 'text'], /text: a run of 'text', not of 'gan'/],
    ['no pictures', ['sample', 'plain', '--count', '0'], /--count: 0 was given/],
    [
      'more pictures than fit in memory',
      ['sample', 'plain', '--count', '1000000000'],
      /--count: 1000000000 pictures of 16x16 .*at most 349525/,
    ],
    [
      'a truncation that leaves nothing',
      ['sample', 'plain', '--truncation', '0'],
      /--truncation: 0 was given; a number from 0\.1 to 10/,
    ],
    ['an invalid seed', ['sample', 'plain', '--seed', '-1'], /--seed/],
    [
      'a class of a run without',
      ['sample', 'plain', '--class', 'red'],
      /--class: this run was trained without classes/,
    ],
    [
      'a class that was not trained',
      ['sample', 'kinds', '--class', 'pink'],
      /--class: "pink" is not a class of this run; choose one of blue, green, red/,
    ],
    ['an invalid picture format', ['sample', 'plain', '-o', 'out.xyz'], /out\.xyz/],
    ['a missing folder', ['sample', 'plain', '-o', 'no/out.png'], /no\/out\.png/],
    ['one seed only', ['interpolate', 'plain', '7'], /1 point was given; at least two/],
    ['a seed that is a word', ['interpolate', 'plain', '7', 'x'], /"x": is not a seed/],
    [
      'too long a way',
      ['interpolate', 'plain', '7', '8', '--steps', '9999999'],
      /--steps: 10000000 pictures/,
    ],
    [
      'a walk to a picture',
      ['walk', 'plain', '--points', '2', '--steps', '1', '-o', 'walk.png'],
      /walk\.png/,
    ],
    ['a walk of one point', ['walk', 'plain', '--points', '1'], /1 point was given/],
    [
      'too few pictures to score',
      ['score', 'plain', '--count', '10', '--threads', '1'],
      /gan score: 10 pictures of each kind/,
    ],
    [
      'too few of a class to score: they are compared with those of this class',
      ['score', 'kinds', '--class', 'green', '--count', '54'],
      /gan score: 18 pictures of each kind/,
    ],
    [
      'too many pictures to score',
      ['score', 'plain', '--count', '5001'],
      /--count: 5001 was given; .*at most 5000/,
    ],
    ['no words for a concept', ['concept', 'plain'], /give --label with words/],
    [
      'words that no picture has',
      ['concept', 'plain', '--label', 'purple', '--count', '30', '--threads', '1'],
      /concept "purple": 0 pictures with it were found/,
    ],
    [
      'too few pictures to judge',
      ['concept', 'plain', '--label', 'red', '--count', '24', '--threads', '1'],
      /24 generated pictures .*at least 25/,
    ],
    ['no concept', ['bend', 'plain', '7'], /--concept/],
    [
      'a file that is no concept',
      ['bend', 'plain', '7', '--concept', 'plain/run.json'],
      /run\.json: is not a concept/,
    ],
    [
      'a concept of another latent space',
      ['bend', 'plain', '7', '--concept', 'flat.json'],
      /concept "flat": it has 2 dimensions, but this latent space has 6/,
    ],
    [
      'an invalid strength',
      ['bend', 'plain', '7', '--concept', 'flat.json', '--strength', '2'],
      /--strength: "2" was given; write from\.\.to/,
    ],
    [
      'an animation of several',
      ['bend', 'plain', '7', '8', '--concept', 'flat.json', '-o', 'b.gif'],
      /gan bend: an animation shows one picture/,
    ],
    ['sheets that do not exist yet', ['progress', 'bare'], /bare: has no sheets yet/],
  ];

  beforeAll(async () => {
    for (const name of ['empty', 'broken', 'text', 'bare']) await mkdir(at(name));
    await writeFile(at('broken/picture.png'), 'not a picture');
    const run = await readFile(at('plain/run.json'), 'utf8');
    await writeFile(at('bare/run.json'), run);
    await writeFile(at('text/run.json'), run.replace('"system": "gan"', '"system": "text"'));
    const two = Float32Array.of(1, 0);
    await writeConcept(at('flat.json'), {
      name: 'flat',
      mean: two,
      logistic: two,
      accuracy: 1,
      chance: 0.5,
      positives: 9,
      negatives: 9,
    });
  });

  it.each(cases)('%s', async (_, args, message) => {
    const before = (await readdir(folder)).sort();
    const { code, stdout, stderr } = await call(['gan', ...args, '--quiet'], folder);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect((await readdir(folder)).sort()).toEqual(before);
  });
});

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}
