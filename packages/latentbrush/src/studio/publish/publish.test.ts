import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listOnnxInputs } from '@latentbrush/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWithRuns } from '../../cli/commands/latent/testing/runs.ts';
import { readPicture } from '../../image/index.ts';
import { train as trainStyle } from '../../style/fast/index.ts';
import { backbone, pictures, quick } from '../../style/fast/testing/trainings.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { train } from '../../text/index.ts';
import { testStudio } from '../testing/studio.ts';
import { publish } from './publish.ts';
import type { PublishedSite } from './site.ts';

let made: string;
/** A built page, as small as can be. */
let page: string;

beforeAll(async () => {
  made = await folderWithRuns(['vae', 'gan']);
  const corpus = { name: 'rhyme', text: 'the quick brown fox jumps over the lazy dog.\n'.repeat(20) };
  const run = join(made, 'runs', 'text');
  const options = { units: 8, window: 8, batchSize: 8, epochs: 1, sampleLength: 0, threads: 1, run } as const;
  for await (const event of train(corpus, options)) void event;
  for await (const event of trainStyle(backbone, pictures, {
    ...quick,
    iterations: 1,
    run: join(made, 'runs', 'style'),
  }))
    void event;
  page = join(made, 'page');
  for (const folder of ['assets', 'ort']) await mkdir(join(page, folder), { recursive: true });
  const files = {
    'publish.html': '<title>Latentbrush</title><script src="./assets/publish-1.js"></script>',
    'index.html': 'the studio itself',
    'manifest.json': JSON.stringify({
      'publish.html': {
        file: 'assets/publish-1.js',
        imports: ['_shared.js'],
        dynamicImports: ['explorer.tsx'],
      },
      '_shared.js': { file: 'assets/shared-1.js', css: ['assets/shared-1.css'] },
      'explorer.tsx': { file: 'assets/explorer-1.js', imports: ['_shared.js'] },
      'index.html': { file: 'assets/index-1.js', imports: ['_shared.js'] },
    }),
    'assets/publish-1.js': '1',
    'assets/shared-1.js': '22',
    'assets/shared-1.css': '333',
    'assets/explorer-1.js': '4444',
    'assets/index-1.js': '55555',
    'assets/worker-1.js': '666666',
    'ort/ort-wasm-simd-threaded.mjs': '7777777',
    'ort/ort-wasm-simd-threaded.wasm': '88888888',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(page, path), text);
}, 60_000);
afterAll(async () => {
  await rm(made, { recursive: true, force: true });
});

const run = (name: string): string => join(made, 'runs', name);
const siteIn = async (folder: string): Promise<PublishedSite> =>
  JSON.parse(await readFile(join(folder, 'data', 'site.json'), 'utf8')) as PublishedSite;

describe('a published page', () => {
  it.each([
    ['vae', 'decoder', ['z']],
    ['gan', 'model', ['z']],
  ])('of a %s contains the model, the map and a picture for sharing', async (name, part, inputs) => {
    const folder = join(await temporaryFolder(), 'site');
    const { bytes } = await publish(run(name), folder, { page });
    const site = await siteIn(folder);
    expect(site).toMatchObject({
      version: 1,
      title: name,
      about: '',
      licence: '',
      facts: { system: name },
    });
    expect(site.map!.points.length).toBeGreaterThan(5);
    const onnx = await readFile(join(folder, 'data', `${part}.onnx`));
    expect(listOnnxInputs(onnx).map((input) => input.name)).toEqual(inputs);
    expect(bytes.model).toBeGreaterThanOrEqual(onnx.length); // a VAE has an encoder, too
    expect(bytes.runtime).toBe(15);
    expect(await readPicture(join(folder, 'preview.jpg'))).toMatchObject({ width: 1200, height: 630 });
    expect((await stat(join(folder, 'data', 'sheet.webp'))).size).toBeGreaterThan(100);
  });

  it('of a language model contains its step and its vocabulary', async () => {
    const folder = join(await temporaryFolder(), 'site');
    await publish(run('text'), folder, { page });
    const site = await siteIn(folder);
    expect(site.facts).toMatchObject({ system: 'text', units: 8 });
    expect(site.map).toBeUndefined();
    expect((await stat(join(folder, 'data', 'model.onnx'))).size).toBeGreaterThan(1000);
    expect(await readPicture(join(folder, 'preview.jpg'))).toMatchObject({ width: 1200, height: 630 });
  });

  it('of a style contains its network for pictures of 256 pixels, and a photograph to begin with', async () => {
    const folder = join(await temporaryFolder(), 'site');
    await publish(run('style'), folder, { page });
    expect((await siteIn(folder)).facts).toMatchObject({ system: 'style' });
    const inputs = listOnnxInputs(await readFile(join(folder, 'data', 'model.onnx')));
    expect(inputs.map(({ name }) => name)).toEqual(['pictures']);
    expect(await readPicture(join(folder, 'data', 'example.jpg'))).toMatchObject({ width: 451, height: 300 });
    expect(await readPicture(join(folder, 'preview.jpg'))).toMatchObject({ width: 1200, height: 630 });
  });

  it('loads its own part of the build, and nothing of the studio', async () => {
    const folder = join(await temporaryFolder(), 'site');
    await publish(run('vae'), folder, { page });
    const there = async (path: string): Promise<boolean> =>
      stat(join(folder, path)).then(
        () => true,
        () => false,
      );
    for (const file of ['publish-1.js', 'shared-1.js', 'shared-1.css', 'explorer-1.js', 'worker-1.js'])
      expect(await there(`assets/${file}`), file).toBe(true);
    expect(await there('assets/index-1.js')).toBe(false);
    expect(await readFile(join(folder, 'index.html'), 'utf8')).not.toContain('the studio itself');
  });

  it('describes itself in its head, with any title', async () => {
    const folder = join(await temporaryFolder(), 'site');
    const title = '</title><script>alert("$&")</script>';
    await publish(run('text'), folder, {
      page,
      title,
      about: 'A "small" one',
      url: 'https://example.org/x/',
    });
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect(html).not.toContain('<script>alert');
    expect(html).toContain(
      '<title>&lt;/title&gt;&lt;script&gt;alert(&quot;$&amp;&quot;)&lt;/script&gt;</title>',
    );
    expect(html).toContain('<meta property="og:description" content="A &quot;small&quot; one" />');
    expect(html).toContain('<meta property="og:image" content="https://example.org/x/preview.jpg" />');
  });

  it('names the terms of the model in its notice', async () => {
    const folder = join(await temporaryFolder(), 'site');
    await publish(run('text'), folder, { page, licence: 'CC BY 4.0' });
    expect(await readFile(join(folder, 'NOTICE.txt'), 'utf8')).toMatch(/^The model in data\/: CC BY 4\.0$/m);
    expect((await siteIn(folder)).licence).toBe('CC BY 4.0');
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a folder with files',
      async () => publish(run('vae'), page, { page }),
      /already contains files; choose an empty/,
    ],
    ['a folder that is no run', async () => publish(page, 'site', { page }), /is not a run|not a run/],
    [
      'a page that is not built',
      async () => publish(run('vae'), 'site', { page: made }),
      /page of the studio is not built/,
    ],
    [
      'an address of another kind',
      async () => publish(run('vae'), 'site', { page, url: 'javascript:alert(1)' }),
      /url/,
    ],
  ])('is not made from %s', async (_, work, message) => {
    await expect(work()).rejects.toThrow(message);
  });
});

describe('the route that publishes', () => {
  it('writes into a new folder of the studio each time, and leaves nothing of the studio in it', async () => {
    const studio = await testStudio({ concurrency: 0 }, page);
    await cp(join(made, 'runs'), join(studio.folder, 'runs'), { recursive: true });
    const ask = async (body: unknown): Promise<Response> =>
      studio.fetch('/api/runs/vae/publish', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const folders = [];
    for (const title of ['One', 'Two']) {
      const answer = await ask({ title });
      expect(answer.status).toBe(201);
      folders.push(((await answer.json()) as { folder: string }).folder);
    }
    expect(folders).toEqual([join(studio.folder, 'sites', 'vae'), join(studio.folder, 'sites', 'vae-2')]);
    expect((await siteIn(folders[1]!)).title).toBe('Two');
    expect(await readFile(join(folders[0]!, 'data', 'site.json'), 'utf8')).not.toContain(studio.folder);
    for (const wrong of [{ title: '' }, { folder: '/etc' }, { url: 'file:///etc/passwd' }])
      expect((await ask(wrong)).status).toBe(400);
    expect(
      (await studio.fetch('/api/runs/..%2f..%2fetc/publish', { method: 'POST', body: '{}' })).status,
    ).toBe(400);
  });
});
