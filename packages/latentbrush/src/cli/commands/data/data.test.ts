import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { downloadableDatasets, packed } from '../../../data/index.ts';
import { cifarFile, idxImages, idxLabels } from '../../../data/images/formats/testing/dataset-files.ts';
import { folderOf, plain } from '../../../data/images/folders/testing/pictures.ts';
import { readPicture } from '../../../image/index.ts';
import { serve } from '../../../testing/file-server.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { call } from '../../testing/call.ts';
import { built, environment, finish, jsonLines, start, type Finished } from '../../testing/program.ts';

// The real data, if they are beside the repository.
const shared = fileURLToPath(new URL('../../../../../../../shared/data', import.meta.url));

/** The program with the current folder as its cache. */
async function data(args: readonly string[], folder?: string): Promise<Finished> {
  const cwd = folder ?? (await temporaryFolder());
  return call(['data', ...args], cwd);
}

describe.skipIf(!built)('latentbrush data (needs the build in dist/)', () => {
  it('alone shows its help', async () => {
    const { code, stdout } = await data([]);
    expect(stdout).toMatch(/list.*info.*preview/s);
    expect(code).toBe(0);
  });

  it('cache lists the prepared data, and removes what was not used for some days', async () => {
    const cacheDir = await temporaryFolder(); // of the call, too
    const prepare = async (key: string) =>
      packed(
        { cacheDir, kind: 'corpora', key },
        { source: `/${key}.txt`, contents: z.null(), state: z.null() },
        async (part) => {
          await part.append(new Uint8Array(1_500_000));
          return null;
        },
      );
    for (const key of ['old', 'new']) await prepare(key);
    const stop = new AbortController();
    const form = { source: '/cut.txt', contents: z.null(), state: z.number(), signal: stop.signal };
    const cut = packed({ cacheDir, kind: 'corpora', key: 'cut' }, form, async (part) => {
      await part.append(new Uint8Array(9));
      await part.save(1);
      stop.abort();
      throw new Error('stopped');
    });
    await expect(cut).rejects.toThrow('stopped');
    const age = async (source: string, days: number): Promise<void> => {
      for (const name of await readdir(join(cacheDir, 'corpora'))) {
        const path = join(cacheDir, 'corpora', name.replace(/\.json$/, ''));
        if (!name.endsWith('.json') || name.endsWith('.part.json')) continue;
        if (!(await readFile(`${path}.json`, 'utf8')).includes(source)) continue;
        const then = new Date(Date.now() - days * 86_400_000);
        for (const ending of ['json', 'bin']) await utimes(`${path}.${ending}`, then, then);
      }
    };
    await age('/old.txt', 40);
    const run = async (...args: string[]) => data(['cache', ...args], cacheDir);
    const listed = await run();
    expect(listed.stdout).toMatch(/^corpora +1\.5 MB +\d{4}-\d\d-\d\d +\/new\.txt$/m);
    expect(listed.stdout).toMatch(/^corpora +0\.0 MB .*not finished; the next training/m);
    expect(listed.stdout).toContain(`${cacheDir}: 3.0 MB`);
    expect((await run('--prune', 'x')).code).toBe(2);
    expect((await run('--prune')).stdout).toBe(`${cacheDir}: removed 1 file, 1.5 MB\n`);
    const left = jsonLines((await run('--json')).stdout);
    expect(left.map(({ source }) => source).sort()).toEqual(['/new.txt', undefined]);
    expect((await run('--prune', '0')).stdout).toContain('removed 2 files');
    expect(await readdir(join(cacheDir, 'corpora'))).toEqual([]);
    expect((await run()).stdout).toBe(`${cacheDir}: contains no prepared data\n`);
  });

  it('list names each data set, its terms, and where its files are', async () => {
    const { code, stdout, stderr } = await data(['list', '--seed', '1']);
    expect(stdout).toMatch(/^name +pictures +size +classes +licence +files\n/);
    expect(stdout).toMatch(/^mnist +70000 +28x28 +10 +CC BY-SA 3\.0 +a download of 11\.6 MB$/m);
    expect(stdout).toMatch(
      /^emoji +15741 +any .*Apache-2\.0, CC-BY-4\.0, MIT, CC-BY-SA-4\.0 +comes with this package$/m,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('list finds local copies, also those that are not complete', async () => {
    const folder = await folderOf({
      'mine/mnist/t10k-images-idx3-ubyte': idxImages(2, 28),
      'mine/mnist/t10k-labels-idx1-ubyte': idxLabels([1, 2]),
      'mine/cifar10/data_batch_1.bin': cifarFile([6, 6]),
      'mine/cifar10/test_batch.bin': cifarFile([6]),
    });
    const { stdout } = await data(['list', '--data-dir', 'mine', '--json'], folder);
    const [mnist, , cifar10, emoji] = jsonLines(stdout);
    expect(mnist).toMatchObject({
      type: 'dataset',
      name: 'mnist',
      state: 'here',
      lacks: 'train',
      train: 60_000,
    });
    expect(cifar10).toMatchObject({ name: 'cifar10', state: 'here', path: join(folder, 'mine', 'cifar10') });
    expect(cifar10).not.toHaveProperty('lacks');
    expect(emoji).toMatchObject({ name: 'emoji', state: 'embedded', train: 15_741 });
    expect((await data(['list', '--data-dir', 'mine'], folder)).stdout).toContain(
      `${join(folder, 'mine', 'mnist')} (without the training files)`,
    );
  });

  it('info shows authors, terms, addresses and checksums', async () => {
    for (const { name, authors, licence, files } of downloadableDatasets) {
      const { stdout } = await data(['info', name]);
      for (const fact of [authors, licence, files[0]!.url, files[0]!.md5]) expect(stdout).toContain(fact);
    }
    const [info] = jsonLines((await data(['info', 'CIFAR10', '--json'])).stdout);
    expect(info).toMatchObject({ type: 'dataset', name: 'cifar10', train: 50_000, test: 10_000 });
  });

  it('info emoji shows the terms and the author of each set', async () => {
    const { stdout } = await data(['info', 'emoji']);
    expect(stdout).toMatch(/^noto +3819 +Google Inc +Apache-2\.0 +https:\S+ +@iconify-json\/noto@/m);
    expect(stdout).toMatch(/^twemoji +4169 +Twitter +CC-BY-4\.0 /m);
    expect(stdout).toMatch(/^fluent-emoji-flat +3174 +Microsoft Corporation +MIT /m);
    expect(stdout).toMatch(/^openmoji +4579 +OpenMoji +CC-BY-SA-4\.0 /m);
    const sets = jsonLines((await data(['info', 'emoji', '--json'])).stdout);
    expect(sets.map(({ type, licence }) => [type, licence])).toContainEqual(['emoji-set', 'CC-BY-SA-4.0']);
  });

  it('info of a folder counts its classes and names what cannot be read', async () => {
    const files = {
      'cats/a.png': plain(1, 2, 3),
      'cats/b.png': plain(1, 2, 3),
      'dogs/c.png': plain(4, 5, 6),
    };
    const folder = await folderOf({ ...files, 'dogs/d.png': Buffer.from('no picture') });
    const { code, stdout, stderr } = await data(['info', folder]);
    expect(stdout).toMatch(
      /pictures +3\n.*size +64x64, colour\n.*classes +2: cats 2, dogs 1\n.*left out +1 that/s,
    );
    expect(stderr).toMatch(/^left out: .*d\.png: is not a picture/m);
    expect(code).toBe(0);
    const [info] = jsonLines((await data(['info', folder, '--json'])).stdout);
    expect(info).toMatchObject({ train: 3, test: 0, classes: { cats: 2, dogs: 1 }, channels: 3, height: 64 });
    expect(info?.skipped).toHaveLength(1);
    expect(info?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('preview writes a sheet, the same for the same seed', async () => {
    const folder = await folderOf(Object.fromEntries([...Array(9).keys()].map((n) => [`pics/${n}.png`, plain(20 * n, 0, 0)]))); // prettier-ignore
    const sheet = async (seed: string): Promise<Buffer> => {
      const { code, stdout } = await data(['preview', 'pics', '-o', 'x.png', '--count', '4', '--size', '16', '--seed', seed], folder); // prettier-ignore
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^x\.png: 4 pictures of pics\n$/) as string }); // prettier-ignore
      const { height, width, data: pixels } = await readPicture(join(folder, 'x.png'));
      expect(width).toBe(2 * 96 + 3 * 4); // 16 pixels, six times enlarged
      expect(height).toBeGreaterThan(2 * 96);
      return Buffer.from(pixels.buffer);
    };
    const first = await sheet('1');
    expect((await sheet('1')).equals(first)).toBe(true);
    expect((await sheet('3')).equals(first)).toBe(false);
  });

  it('preview of emoji needs no network, and prints what it wrote as JSON', async () => {
    const folder = await temporaryFolder();
    const args = ['preview', 'emoji:faces', '--count', '6', '--size', '32', '--json', '--offline'];
    const { code, stdout, stderr } = await data(args, folder);
    expect(jsonLines(stdout)).toEqual([
      { type: 'preview', path: 'sheet.png', dataset: 'emoji:faces', pictures: 6, width: 304, height: expect.any(Number) as number }, // prettier-ignore
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(folder)).toEqual(['sheet.png']);
  });

  it('remake makes a sheet again: of a folder, and of emoji with their name', async () => {
    const folder = await folderOf({ 'pics/a.png': plain(1, 2, 3), 'pics/b.png': plain(200, 2, 3) });
    for (const [file, dataset] of [
      ['pics.png', 'pics'],
      ['faces.png', 'emoji:faces'],
    ] as const) {
      // prettier-ignore
      await data(['preview', dataset, '-o', file, '--count', '2', '--size', '16', '--seed', '4'], folder);
      const { code, stdout, stderr } = await call(['remake', file], folder);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/-again\.png: 2 pictures of /) as string }); // prettier-ignore
      expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    }
  });

  it.skipIf(!existsSync(shared))('preview of MNIST from a local copy (needs ../shared/data)', async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await data(
      ['preview', 'mnist', '--data-dir', shared, '--quiet'],
      folder,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'sheet.png: 64 pictures of mnist\n',
      stderr: '',
    });
    expect((await data(['preview', 'mnist', '--data-dir', shared], folder)).stderr).toMatch(
      /has only the test files: training uses their 10000 pictures/,
    );
  });

  it('preview stops on Ctrl-C with 130 and writes nothing', async () => {
    const proxy = await serve(() => undefined);
    const asked = once(proxy.server, 'connect'); // and never answered
    const folder = await temporaryFolder();
    const proxies = { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '', HTTPS_PROXY: undefined };
    const child = start(['data', 'preview', 'mnist'], folder, environment(folder, proxies));
    const work = finish(child);
    await asked;
    child.kill('SIGINT');
    const { code, stdout, stderr } = await work;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^interrupted before there was anything to save$/m);
    expect(await readdir(folder)).not.toContain('sheet.png');
  });

  it.each([
    [
      'an unknown name',
      ['info', 'mnits'],
      /mnits: no such folder, file or data set; nearest name: mnist; give/,
    ],
    ['an unknown class', ['preview', 'cifar10:toad'], /cifar10:toad: there is no such class/],
    ['unknown emoji', ['info', 'emoji:smilling'], /there are no such emoji; nearest: smiling/],
    ['a download when offline', ['preview', 'fashion-mnist', '--offline'], /downloads are off/],
    ['a folder without pictures', ['info', '.'], /\.: it contains no pictures/],
    ['an invalid file', ['info', 'notes.txt'], /notes\.txt: is not an IDX file/],
    ['a sheet of another format', ['preview', 'emoji', '-o', 'x.bmp'], /x\.bmp: "\.bmp" is not an extension/],
    ['a count of 0', ['preview', 'emoji', '--count', '0'], /--count: 0 was given/],
    ['an invalid size', ['preview', 'emoji', '--size', 'big'], /--size: "big" is not a number/],
    ['no data set', ['preview'], /missing required argument 'dataset'/],
    ['an unknown subcommand', ['remove', 'mnist'], /unknown command 'remove'/],
  ])('%s ends in one line on standard error and code 2', async (_, args, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'notes.txt'), 'notes');
    const { code, stdout, stderr } = await data(args, folder);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
