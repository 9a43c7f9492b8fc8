import { cp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listOnnxInputs, Random } from '@latentbrush/engine';
import { runtime as web } from '@latentbrush/engine/web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWithRuns } from '../../cli/commands/latent/testing/runs.ts';
import { decodePicture } from '../../image/index.ts';
import { openRun } from '../../runs/index.ts';
import { saveCheckpoint, loadCheckpoint } from '../../runs/checkpoint.ts';
import { train, Writer } from '../../text/index.ts';
import { statefulPredictor } from '../../text/predictor.ts';
import { Vae } from '../../vae/index.ts';
import { testStudio, type TestStudio } from '../testing/studio.ts';
import { ExportedModels } from '../models/exported-models.ts';
import type { LatentMap } from '../models/latent-map.ts';

let made: string;
beforeAll(async () => {
  made = await folderWithRuns(['vae', 'gan']);
  const corpus = { name: 'rhyme', text: 'the quick brown fox jumps over the lazy dog.\n'.repeat(20) };
  const run = join(made, 'runs', 'text');
  const options = { units: 8, window: 8, batchSize: 8, epochs: 1, sampleLength: 0, threads: 1, run } as const;
  const types = [];
  for await (const { type } of train(corpus, options)) types.push(type);
  expect(types.at(-1)).toBe('done');
}, 60_000);
afterAll(() => rm(made, { recursive: true, force: true }));

async function withRuns(): Promise<TestStudio> {
  const studio = await testStudio({ concurrency: 0 });
  await cp(join(made, 'runs'), join(studio.folder, 'runs'), { recursive: true });
  return studio;
}

const inputsOf = (bytes: ArrayBuffer): string[] =>
  listOnnxInputs(new Uint8Array(bytes)).map(({ name }) => name);

describe('the model of a run', () => {
  it.each([
    ['vae', 'decoder', ['z']],
    ['vae', 'encoder', ['pictures']],
    ['gan', 'model', ['z']],
  ])('%s/%s is an ONNX file', async (run, part, inputs) => {
    const studio = await withRuns();
    const answer = await studio.fetch(`/api/runs/${run}/onnx/${part}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(inputsOf(await answer.arrayBuffer())).toEqual(inputs);
    const again = await studio.fetch(`/api/runs/${run}/onnx/${part}`, {
      headers: { 'if-none-match': answer.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
  });

  it('of a text is a step with its state, with its vocabulary', async () => {
    const studio = await withRuns();
    const answer = await studio.fetch('/api/runs/text/onnx/model');
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    const facts = (await (await studio.fetch('/api/runs/text/model')).json()) as Record<string, unknown>;
    expect(facts).toMatchObject({ system: 'text', network: 'lstm', units: 8, window: 8, parts: ['model'] });
    expect((facts.vocabulary as { tokens: string[] }).tokens).toContain('q');
    const vae = (await (await studio.fetch('/api/runs/vae/model')).json()) as unknown;
    expect(vae).toEqual({ parts: ['encoder', 'decoder'], system: 'vae', size: 8, channels: 1, latent: 3, white: 1, classes: [] }); // prettier-ignore
  });

  it('has another ETag for another checkpoint, and is encoded once for each', async () => {
    const studio = await withRuns();
    const run = await openRun(join(studio.folder, 'runs', 'gan'));
    const models = new ExportedModels();
    const first = await models.part(run, 'model');
    expect((await models.part(run, 'model')).bytes).toBe(first.bytes);
    const { tensors, state } = await loadCheckpoint(run, 'latest');
    await saveCheckpoint(run, 5, tensors, state);
    const second = await models.part(run, 'model');
    expect(second.tag).not.toBe(first.tag);
    expect(second.bytes).not.toBe(first.bytes);
  });

  it('does not stay in memory after larger ones', async () => {
    const studio = await withRuns();
    const models = new ExportedModels(1);
    for (const name of ['vae', 'gan', 'text'])
      await models.part(
        await openRun(join(studio.folder, 'runs', name)),
        name === 'vae' ? 'decoder' : 'model',
      );
    expect(models.size).toBe(1);
  });

  it.each([
    ['nothing', 'model', 404],
    ['..%2fruns%2fvae', 'decoder', 400],
    ['%2e%2e', 'decoder', 404],
    ['vae', 'model', 404],
    ['vae', 'constructor', 404],
    ['vae', '..%2f..%2frun.json', 404],
    ['link', 'decoder', 404],
    ['untrained', 'decoder', 400],
  ])('%s/%s does not exist', async (run, part, status) => {
    const studio = await withRuns();
    await symlink(join(made, 'runs', 'vae'), join(studio.folder, 'runs', 'link'));
    const untrained = join(studio.folder, 'runs', 'untrained');
    await cp(join(studio.folder, 'runs', 'vae'), untrained, { recursive: true });
    await rm(join(untrained, 'checkpoints'), { recursive: true });
    const paths = [`onnx/${part}`, 'model', 'points', 'points/sheet', 'concepts'].slice(
      0,
      run === 'vae' ? 1 : 4,
    );
    for (const path of paths.filter((each) => run !== 'untrained' || each !== 'model')) {
      const answer = await studio.fetch(`/api/runs/${run}/${path}`);
      const { error } = (await answer.json()) as { error: string[] };
      expect({ path, status: answer.status, lines: error.length }).toEqual({ path, status, lines: 1 });
    }
  });
});

describe('a model that a page runs in WebAssembly', () => {
  /** A part of a model from the studio. */
  async function session(name: string, part: string) {
    const { bytes } = await new ExportedModels().part(await openRun(join(made, 'runs', name)), part);
    return web.createSession(bytes, { threads: 1 });
  }

  it('decodes pictures as the native runtime does, to 1e-4', async () => {
    const vae = await Vae.load(join(made, 'runs', 'vae'), { threads: 1 });
    const points = vae.draw(new Random(3), 5);
    const native = await vae.decode(points);
    await vae.release();
    const decoder = await session('vae', 'decoder');
    const z = Float32Array.from(points.flatMap((point) => [...point]));
    const { pictures } = await decoder.run({ z: new web.Tensor('float32', z, [5, 3]) });
    const values = pictures!.data as Float32Array;
    expect(values).toHaveLength(5 * 64);
    values.forEach((value, i) =>
      expect(Math.abs(value - native[Math.floor(i / 64)]!.data[i % 64]! / 255)).toBeLessThan(1e-4),
    );
  });

  it('predicts the next characters as the native runtime does, to 1e-4', async () => {
    const { model } = await Writer.load(join(made, 'runs', 'text'));
    const ids = [...model.vocabulary.encode('the quick brown fox')];
    const predictor = await statefulPredictor(model.architecture, model.weights);
    const native = await predictor.advance(ids);
    await predictor.release();
    const step = await session('text', 'model');
    const nothing = (): InstanceType<typeof web.Tensor> =>
      new web.Tensor('float32', new Float32Array(8), [1, 8]);
    let state = { 'state/1/h': nothing(), 'state/1/c': nothing() };
    let probabilities = new Float32Array();
    for (const id of ids) {
      const token = new web.Tensor('int64', BigInt64Array.of(BigInt(id)), [1, 1]);
      const results = await step.run({ token, ...state });
      probabilities = results.probabilities!.data as typeof probabilities;
      state = { 'state/1/h': results['state/1/h:next']!, 'state/1/c': results['state/1/c:next']! };
    }
    expect(probabilities).toHaveLength(model.vocabulary.size);
    probabilities.forEach((value, i) => expect(Math.abs(value - native[i]!)).toBeLessThan(1e-4));
  });
});

describe('the map of a run', () => {
  it('of a VAE has the pictures of the data set in the plane of the first two principal components', async () => {
    const studio = await withRuns();
    const map = (await (await studio.fetch('/api/runs/vae/points')).json()) as LatentMap;
    expect(map).toMatchObject({ isPlane: true, sheet: { columns: 5, tile: 8 } });
    expect(map.points).toHaveLength(24);
    expect(new Set(map.labels)).toEqual(new Set(['left', 'right']));
    expect(map.directions).toHaveLength(3);
    // all three directions reconstruct a point: its first two coordinates are its place
    map.places.forEach(([x, y], row) => {
      const off = map.points[row]!.map((value, i) => value - map.mean[i]!);
      const along = (axis: number): number =>
        off.reduce((sum, value, i) => sum + value * map.directions[axis]![i]!, 0);
      expect(along(0)).toBeCloseTo(x, 2);
      expect(along(1)).toBeCloseTo(y, 2);
    });
    const sheet = await studio.fetch('/api/runs/vae/points/sheet');
    expect(sheet.headers.get('content-type')).toBe('image/webp');
    const picture = await decodePicture(new Uint8Array(await sheet.arrayBuffer()), 'sheet.webp');
    expect(picture).toMatchObject({ width: 40, height: 40 });
  });

  it('of a GAN has generated pictures, with similar ones close together', async () => {
    const studio = await withRuns();
    const map = (await (await studio.fetch('/api/runs/gan/points')).json()) as LatentMap;
    expect(map).toMatchObject({ isPlane: false, labels: [], deviations: [1, 1, 1, 1, 1, 1, 1, 1] });
    expect(map.points).toHaveLength(300);
    for (const direction of map.directions) expect(Math.hypot(...direction)).toBeCloseTo(1, 3);
  });

  it('of a text does not exist', async () => {
    const studio = await withRuns();
    expect((await studio.fetch('/api/runs/text/points')).status).toBe(404);
  });

  it('has only the concepts that jobs learned', async () => {
    const studio = await withRuns();
    expect(await (await studio.fetch('/api/runs/vae/concepts')).json()).toEqual([]);
  });
});

describe('a concept from two groups of pictures on the map', () => {
  const ask = async (studio: TestStudio, run: string, body: unknown): Promise<Response> =>
    studio.fetch(`/api/runs/${run}/concepts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('is their direction, with its evidence, and is kept for the explorer', async () => {
    const studio = await withRuns();
    const map = (await (await studio.fetch('/api/runs/vae/points')).json()) as LatentMap;
    const numbers = (label: string): number[] =>
      map.labels.flatMap((name, index) => (name === label ? [index] : []));
    const groups = { with: numbers('right'), without: numbers('left') };
    const answer = await ask(studio, 'vae', { name: 'right', ...groups, tag: map.tag });
    expect(answer.status).toBe(201);
    const learned = (await answer.json()) as { direction: number[] };
    expect(learned).toMatchObject({ name: 'right', job: '', chance: 0.5 });
    const mean = (of: readonly number[]): number[] =>
      map.mean.map((_, i) => of.reduce((sum, number) => sum + map.points[number]![i]!, 0) / of.length);
    const [to, from] = [mean(groups.with), mean(groups.without)];
    learned.direction.forEach((value, i) => expect(value).toBeCloseTo(to[i]! - from[i]!, 3));
    expect(await (await studio.fetch('/api/runs/vae/concepts')).json()).toEqual([learned]);
  });

  it.each([
    ['with a group that is too small', { with: [1, 2, 3] }, /3 pictures with it were found; at least 5/],
    ['with a picture that is not on the map', { with: [1, 2, 3, 4, 999] }, /picture 999 is not on the map/],
    ['of an older map', { tag: 'old' }, /was trained further/],
    ['without a name', { name: ' ' }, /./],
    ['with a path', { folder: '/etc' }, /./],
  ])('%s is refused', async (_, change, message) => {
    const studio = await withRuns();
    const { tag } = (await (await studio.fetch('/api/runs/vae/points')).json()) as LatentMap;
    const groups = { with: [0, 1, 2, 3, 4], without: [5, 6, 7, 8, 9] };
    const answer = await ask(studio, 'vae', { name: 'x', ...groups, tag, ...change });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toMatch(message);
    expect((await ask(studio, '..%2fx', { name: 'x', ...groups, tag })).status).toBe(400);
  });
});

describe('ONNX Runtime Web', () => {
  it.each([
    ['ort-wasm-simd-threaded.mjs', 'text/javascript; charset=utf-8'],
    ['ort-wasm-simd-threaded.wasm', 'application/wasm'],
    ['ort.jspi.min.mjs', 'text/javascript; charset=utf-8'],
    ['ort-wasm-simd-threaded.jspi.mjs', 'text/javascript; charset=utf-8'],
    ['ort-wasm-simd-threaded.jspi.wasm', 'application/wasm'],
  ])('is served by the studio: %s', async (file, type) => {
    const studio = await testStudio({ concurrency: 0 });
    const answer = await studio.fetch(`/ort/${file}`);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 200,
      type,
    });
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  });

  it.each(['ort.mjs', '..%2fpackage.json', 'ort-wasm-simd-threaded.jsep.wasm', 'constructor'])(
    'serves no other file: %s',
    async (file) => {
      const studio = await testStudio({ concurrency: 0 });
      await writeFile(join(studio.folder, 'package.json'), '{}');
      const answer = await studio.fetch(`/ort/${file}`);
      expect(answer.status).toBe(404);
      expect(((await answer.json()) as { error: string[] }).error).toHaveLength(1);
    },
  );
});
