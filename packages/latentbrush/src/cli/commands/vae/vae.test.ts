import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureAt } from '../../../data/index.ts';
import { readPicture, resize, writePicture, type Picture } from '../../../image/index.ts';
import { readConcept } from '../../../latent/index.ts';
import { readMetrics } from '../../../runs/metrics.ts';
import { dots } from '../../../vae/testing/dots.ts';
import { call } from '../../testing/call.ts';
import { jsonLines, type Finished } from '../../testing/program.ts';

/** Side of a tile on the sheets: 8 pixels, seven times enlarged. */
const TILE = 56;

const small = ['--size', '8', '--channels', '1', '--filters', '4', '--batch-size', '8', '--threads', '1'];
const quick = [...small, '--samples', '4', '--optimizer', 'adam'];

// All commands use the same two runs, which are trained once: `flat` has two dimensions, `deep` three.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  // one folder for each class, in pictures of several sizes
  const all = dots(24, { size: 16, channels: 3 });
  for (let i = 0; i < all.count; i++) {
    const side = 12 + 4 * (i % 3);
    const path = join(folder, 'pics', all.labels![i]!, `dot number-${i}.png`);
    await mkdir(join(path, '..'), { recursive: true });
    await writePicture(path, resize(pictureAt(all, i), { height: side, width: side + 4, fit: 'fill' }));
  }
  const learn = [
    '--batch-size',
    '2',
    '--epochs',
    '8',
    '--learning-rate',
    '0.005',
    '--beta',
    '0.1',
    '--validation',
    '0',
    '--compat',
    'book',
  ];
  await vae('train', 'pics', '--run', 'flat', ...quick, ...learn);
  await vae('train', 'pics', '--run', 'deep', ...quick, ...learn, '--latent-dim', '3', '--seed', '4');
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `latentbrush vae`, which must succeed. */
async function vae(...args: string[]): Promise<Finished> {
  const finished = await call(['vae', ...args], folder);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

/** The last event of a command with `--json`. */
async function told(...args: string[]): Promise<Record<string, unknown>> {
  return jsonLines((await vae(...args, '--json')).stdout).at(-1)!;
}

const shown = (name: string): Promise<Picture> => readPicture(join(folder, name));

/** One tile of a sheet without gaps, in grey, before it was enlarged. */
function tile({ data, width }: Picture, row: number, column: number): number[] {
  return Array.from({ length: 64 }, (_, i) => {
    const [y, x] = [row * TILE + Math.floor(i / 8) * 7, column * TILE + (i % 8) * 7];
    return data[y * width + x]!;
  });
}

/** Brightness of the right half of a tile minus the left half. */
function rightness(values: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + (i % 8 < 4 ? -value : value), 0);
}

const frames = async (name: string): Promise<number | undefined> =>
  (await sharp(join(folder, name)).metadata()).pages;

describe('vae train', () => {
  it('prints what it does, where the sheets are, and what to do next', async () => {
    const { stdout, stderr } = await vae('train', 'pics', ...quick, '--epochs', '2', '--validation', '0.25');
    expect(stderr).toMatch(
      /parameters, 18 pictures \(6 for validation\), 3 steps per epoch, about \d+ MiB of memory/,
    );
    expect(stdout).toMatch(
      /epoch 2: loss \d\.\d{4} \(nats per picture: reconstruction \d+\.\d, KL .* active units/,
    );
    expect(stdout).toMatch(/^ {2}validation {2}loss /m);
    expect(stdout).toContain('runs/vae-pics-1/samples/epoch-0002-reconstructions.png');
    expect(stderr).toMatch(/finished at step 6: runs\/vae-pics-1\n.*vae sample runs\/vae-pics-1\n/s);
    const info = await call(['info', 'runs/vae-pics-1'], folder);
    expect(info.stdout).toMatch(/vae run of .*kind book, size 8, channels 1, latent 2, filters 4/s);
  });

  it('with --json writes one object a line and nothing else', async () => {
    const { stdout, stderr } = await vae(
      'train',
      'pics',
      '--run',
      'json',
      ...quick,
      '--epochs',
      '1',
      '--json',
    );
    expect(stderr).toBe('');
    expect([...new Set(jsonLines(stdout).map(({ type }) => type))]).toEqual([
      'start',
      'step',
      'epoch',
      'sample',
      'checkpoint',
      'done',
    ]);
  });

  it('--resume continues where --max-steps ended, with the result of an uninterrupted training', async () => {
    const options = [...quick, '--epochs', '2', '--kl-warmup', '1.5', '--shift', '1'];
    await vae('train', 'pics', '--run', 'whole', ...options);
    const first = await vae('train', 'pics', '--run', 'parts', ...options, '--max-steps', '4');
    expect(first.stderr).toMatch(
      /reached --max-steps at step 4: parts\ncontinue: .* vae train --resume parts/,
    );
    const idle = await vae('train', '--resume', 'parts');
    expect(idle.stderr).toMatch(/continuing at step 4/);
    const { stderr } = await vae('train', '--resume', 'parts', '--max-steps', '100');
    expect(stderr).toMatch(/finished at step 6/);
    for (const file of ['samples/epoch-0002-samples.png', 'samples/epoch-0002-reconstructions.png'])
      expect(await readFile(join(folder, 'parts', file))).toEqual(
        await readFile(join(folder, 'whole', file)),
      );
    expect(await readMetrics({ folder: join(folder, 'parts') })).toEqual(
      await readMetrics({ folder: join(folder, 'whole') }),
    );
  });

  it('names pictures that cannot be read and leaves them out', async () => {
    const pics = join(folder, 'mixed');
    await mkdir(pics);
    for (const i of [0, 1, 2]) await writePicture(join(pics, `${i}.png`), pictureAt(dots(3), i));
    const whole = await readFile(join(pics, '2.png'));
    await sharp(whole).jpeg().toFile(join(pics, '3.jpg'));
    await writePicture(join(pics, '4.png'), pictureAt(dots(4, { size: 30 }), 3));
    await writeFile(join(pics, '5.png'), whole.subarray(0, 40));
    await writeFile(join(pics, '6.png'), 'no picture');
    const { stderr } = await vae('train', 'mixed', '--run', 'mixed-run', ...quick, '--epochs', '1');
    expect(stderr).toMatch(/left out: .*5\.png: .*\nleft out: .*6\.png: /);
    expect(stderr).toMatch(/parameters, 5 pictures|parameters, 4 pictures \(1 for validation\)/);
  });
});

describe('vae grid', () => {
  it('shows the 15 by 15 pictures of the book', async () => {
    expect(await told('grid', 'flat')).toEqual({ type: 'done', path: 'grid.png', count: 15, axes: [0, 1] });
    const grid = await shown('grid.png');
    expect([grid.height, grid.width]).toEqual([15 * TILE, 15 * TILE]);
    // the corner, and the next to the right: the inverse normal distribution of 0.05, and of 0.05 + 0.9 / 14
    await vae('decode', 'flat', '-1.6448536,-1.6448536', '-1.2040469,-1.6448536', '-o', 'corner.png');
    const corner = await shown('corner.png');
    for (const column of [0, 1]) expectNear(tile(grid, 0, column), tile(corner, 0, column));
  });

  it('shows another plane with other axes', async () => {
    await vae('grid', 'deep', '--count', '3', '-o', 'a.png');
    await vae('grid', 'deep', '--count', '3', '--axes', '1,0', '-o', 'b.png');
    const [a, b] = [await shown('a.png'), await shown('b.png')];
    for (const [row, column] of [
      [0, 1],
      [2, 0],
    ] as const)
      expectNear(tile(a, row, column), tile(b, column, row));
    expect(tile(a, 0, 1)).not.toEqual(tile(a, 1, 0));
  });
});

describe('vae sample', () => {
  it('draws the same for the same seed, and prints the points', async () => {
    const draw = async (seed: string) =>
      told('sample', 'deep', '--count', '5', '--seed', seed, '-o', 's.png');
    const first = await draw('3');
    expect(first).toMatchObject({ type: 'done', path: 's.png', seed: 3 });
    expect(first.points).toHaveLength(5);
    const sheet = await shown('s.png');
    expect([sheet.height, sheet.width]).toEqual([2 * TILE, 3 * TILE]);
    expect(await draw('3')).toEqual(first);
    expect((await draw('4')).points).not.toEqual(first.points);
    const [point] = first.points as number[][];
    await vae('decode', 'deep', point!.join(','), '-o', 'd.png');
    expectNear(tile(await shown('d.png'), 0, 0), tile(sheet, 0, 0));
  });
});

describe('vae reconstruct', () => {
  it('shows pictures of the data set, or given ones, each with its reconstruction below', async () => {
    await vae('reconstruct', 'flat', '--count', '6');
    const some = await shown('reconstructions.png');
    expect([some.height, some.width]).toEqual([2 * 58 + 2, 6 * 58 + 2]);
    const file = 'pics/left/dot number-9.png';
    await vae('reconstruct', 'flat', file, 'pics/right/dot number-0.png', '-o', 'r.png');
    const given = await shown('r.png');
    expect([given.height, given.width]).toEqual([2 * 58 + 2, 2 * 58 + 2]);
    await vae('decode', 'flat', file, '-o', 'd.png');
    const below = Array.from({ length: 64 }, (_, i) => {
      const [y, x] = [60 + Math.floor(i / 8) * 7, 2 + (i % 8) * 7];
      return given.data[y * given.width + x]!;
    });
    expectNear(below, tile(await shown('d.png'), 0, 0));
  });
});

describe('vae encode and decode', () => {
  it('a picture becomes a point in a file, which decode accepts like its numbers or the picture', async () => {
    const file = 'pics/left/dot number-9.png';
    const point = await told('encode', 'deep', file);
    expect(point).toMatchObject({ type: 'done', path: 'dot number-9.json' });
    expect([point.mean, point.logVar].map((values) => (values as number[]).length)).toEqual([3, 3]);
    expect((await vae('encode', 'deep', file, '-o', 'p.json')).stdout).toMatch(
      /^p\.json: (-?\d+\.\d{3}(, |\n)){3}$/,
    );
    const numbers = (point.mean as number[]).join(',');
    await vae('decode', 'deep', file, 'p.json', numbers, '#Number 9', 'seed:7', '-o', 'd.png');
    const sheet = await shown('d.png');
    expect([sheet.height, sheet.width]).toEqual([2 * TILE, 3 * TILE]);
    for (const column of [1, 2]) expectNear(tile(sheet, 0, column), tile(sheet, 0, 0));
    expectNear(tile(sheet, 1, 0), tile(sheet, 0, 0), 5); // the data set stores it as bytes
    expect(tile(sheet, 1, 1)).not.toEqual(tile(sheet, 0, 0));
  });

  it('"#1" is the picture of that number, "#left" the first of that name', async () => {
    await vae('decode', 'flat', '#0', '#1', '#left', '-o', 'd.png');
    const sheet = await shown('d.png');
    expectNear(tile(sheet, 1, 0), tile(sheet, 0, 0)); // the classes come in the order of their names
    expect(tile(sheet, 0, 1)).not.toEqual(tile(sheet, 0, 0));
  });

  it('points may begin with a minus; a single number is a point of one dimension', async () => {
    await vae('decode', 'flat', '-0.5,1', '-.5,1e0', '-o', 'd.png');
    const sheet = await shown('d.png');
    expect(tile(sheet, 0, 1)).toEqual(tile(sheet, 0, 0));
    await vae('train', 'pics', '--run', 'line', ...quick, '--epochs', '1', '--latent-dim', '1');
    await vae('decode', 'line', '-1', '2', '-o', 'd.png');
  });
});

describe('vae interpolate', () => {
  it('as a strip begins and ends with the points, with the middle in between', async () => {
    await vae('interpolate', 'flat', '-2,-1', '1,2', '--steps', '4', '-o', 'i.png');
    const strip = await shown('i.png');
    expect([strip.height, strip.width]).toEqual([TILE, 5 * TILE]);
    await vae('decode', 'flat', '-2,-1', '-0.5,0.5', '1,2', '-o', 'd.png');
    const points = await shown('d.png');
    expectNear(tile(strip, 0, 0), tile(points, 0, 0));
    expectNear(tile(strip, 0, 2), tile(points, 0, 1));
    expectNear(tile(strip, 0, 4), tile(points, 1, 0));
  });

  it('along the sphere keeps its distance from 0', async () => {
    await vae('interpolate', 'flat', '2,0', '0,2', '--steps', '2', '--method', 'spherical', '-o', 'i.png');
    const onSphere = Math.SQRT2;
    await vae('decode', 'flat', `${onSphere},${onSphere}`, '1,1', '-o', 'd.png');
    const [strip, points] = [await shown('i.png'), await shown('d.png')];
    expectNear(tile(strip, 0, 1), tile(points, 0, 0));
    expect(tile(strip, 0, 1)).not.toEqual(tile(points, 0, 1));
  });

  it('as an animation passes through all points', async () => {
    const done = await told('interpolate', 'deep', 'seed:1', 'seed:2', '#3', '--steps', '3', '-o', 'i.gif');
    expect(done).toEqual({ type: 'done', reason: 'finished', path: 'i.gif', frames: 7 });
    expect(await frames('i.gif')).toBe(7);
  });
});

describe('vae walk', () => {
  it('is an endless animation: the steps of each point, without the first point again', async () => {
    const done = await told('walk', 'deep', '--points', '3', '--steps', '4', '--fps', '10');
    expect(done).toEqual({ type: 'done', reason: 'finished', path: 'walk.gif', frames: 12 });
    expect(await frames('walk.gif')).toBe(12);
    expect((await sharp(join(folder, 'walk.gif')).metadata()).width).toBe(2 * TILE);
    await vae('walk', 'flat', '--points', '2', '--steps', '2', '--method', 'linear', '-o', 'w.webp');
    expect(await frames('w.webp')).toBe(4);
  });
});

describe('vae map', () => {
  it('shows where the classes lie, in two dimensions or projected by UMAP or PCA', async () => {
    for (const args of [['flat'], ['deep'], ['deep', '--method', 'pca'], ['deep', 'pics', '--count', '20']]) {
      const done = await told('map', ...args, '-o', 'm.png');
      expect(done).toMatchObject({ path: 'm.png', pictures: args.includes('--count') ? 20 : 24 });
      const map = await shown('m.png');
      expect(map.height).toBe(900);
      expect(map.width).toBeGreaterThan(900); // with a legend of the classes
      const plane = map.height * map.width;
      // red, green and blue of the first two colours of the scale are on the map
      for (const [red, green, blue] of [
        [31, 119, 180],
        [255, 127, 14],
      ] as const)
        expect(
          map.data
            .subarray(0, plane)
            .some(
              (value, i) =>
                value === red && map.data[plane + i] === green && map.data[2 * plane + i] === blue,
            ),
        ).toBe(true);
    }
  });

  it('is the same for the same seed', async () => {
    const bytes = async (): Promise<Buffer> => {
      await vae('map', 'deep', '--seed', '3', '-o', 'm.png');
      return readFile(join(folder, 'm.png'));
    };
    expect(await bytes()).toEqual(await bytes());
  });
});

describe('vae concept and bend', () => {
  it('learns a concept from words, shows its accuracy, and bends pictures along it', async () => {
    const { stdout } = await vae('concept', 'flat', '--label', 'right', '-o', 'c.json');
    expect(stdout).toMatch(
      /^c\.json: "right" from \d+ pictures with the concept and \d+ without\n .* for \d+\.\d % /,
    );
    const { accuracy, chance, positives, negatives, mean } = await readConcept(join(folder, 'c.json'));
    expect(accuracy).toBeGreaterThan(0.8);
    expect([positives + negatives, mean.length]).toEqual([24, 2]);
    expect(chance).toBeCloseTo(Math.max(positives, negatives) / 24, 10);
    for (const direction of ['mean', 'logistic']) {
      const args = ['--concept', 'c.json', '--strength', '-1..1', '--steps', '5', '--direction', direction];
      await vae('bend', 'flat', '0,0', '#left', ...args, '-o', 'b.png');
      const sheet = await shown('b.png');
      expect([sheet.height, sheet.width]).toEqual([2 * TILE, 5 * TILE]);
      for (const row of [0, 1])
        expect(rightness(tile(sheet, row, 4))).toBeGreaterThan(rightness(tile(sheet, row, 0)) + 100);
      await vae('decode', 'flat', '0,0', '-o', 'd.png');
      expectNear(tile(sheet, 0, 2), tile(await shown('d.png'), 0, 0)); // strength 0
    }
  });

  it('learns the same direction from two folders as from their names', async () => {
    await vae('concept', 'flat', '--from', 'pics/left', '--to', 'pics/right', '-o', 'folders.json');
    await vae('concept', 'flat', '--label', 'right', '--name', 'to the right');
    const folders = await readConcept(join(folder, 'folders.json'));
    const words = await readConcept(join(folder, 'to-the-right.json'));
    expect([folders.name, words.name]).toEqual(['right', 'to the right']);
    expectNear(folders.mean, words.mean, 1e-4);
  });

  it('accepts words of names, alternatives, and pictures to compare with', async () => {
    const done = await told('concept', 'deep', '--label', 'right', '--against', 'left|right', '-o', 'c.json');
    const words = 'number 1|number 2|number 3|number 4|number 5';
    const some = await told('concept', 'deep', '--label', words, '--against', 'left', '-o', 'c.json');
    expect(done.positives).toBe(24 - Number(done.negatives));
    expect(some).toMatchObject({ name: words, positives: 5 });
  });

  it('an animation bends forth and back', async () => {
    await vae('concept', 'deep', '--label', 'left');
    const args = ['--concept', 'left.json', '--steps', '5', '-o', 'b.gif'];
    expect(await told('bend', 'deep', '#right', ...args)).toMatchObject({ path: 'b.gif', frames: 8 });
    expect(await frames('b.gif')).toBe(8);
  });
});

describe('vae neighbors', () => {
  it('shows generated pictures beside the most similar ones of the data set', async () => {
    await vae('neighbors', 'flat', '--count', '2', '--neighbors', '3');
    const sheet = await shown('neighbors.png');
    expect([sheet.height, sheet.width]).toEqual([2 * 58 + 2, 4 * 58 + 2]);
    await vae('neighbors', 'flat', '#2', 'seed:3', '--neighbors', '30', '-o', 'n.png');
    expect((await shown('n.png')).height).toBe(2 * 58 + 2);
  });
});

describe('export', () => {
  it('writes encoder.onnx and decoder.onnx, which give the results of encode and decode', async () => {
    const { code, stdout } = await call(['export', 'flat', '--json'], folder);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([
      {
        type: 'exported',
        file: 'flat-onnx/encoder.onnx',
        inputs: ['pictures'],
        outputs: ['mean', 'log_var'],
      },
      { type: 'exported', file: 'flat-onnx/decoder.onnx', inputs: ['z'], outputs: ['pictures'] },
    ]);
    expect((await readdir(join(folder, 'flat-onnx'))).sort()).toEqual(['decoder.onnx', 'encoder.onnx']);
    const decoder = await InferenceSession.create(await readFile(join(folder, 'flat-onnx', 'decoder.onnx')));
    const { pictures } = await decoder.run({ z: new Tensor(Float32Array.of(0.5, -1), [1, 2]) });
    await vae('decode', 'flat', '0.5,-1', '-o', 'd.png');
    const values = (pictures!.data as Float32Array).map((value) => 255 * value);
    expectNear(tile(await shown('d.png'), 0, 0), values, 1);
  });
});

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1.01): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(tolerance);
}
