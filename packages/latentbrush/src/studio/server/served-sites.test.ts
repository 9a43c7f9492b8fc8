import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { testStudio } from '../testing/studio.ts';
import { policyOfSite, ServedSites } from './served-sites.ts';

let folder: string;
let sites: ServedSites;
let id: string;

/** A published page with a secret beside it, and files in it that were not published. */
beforeEach(async () => {
  const root = await temporaryFolder();
  folder = join(root, 'sites', 'faces');
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(root, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'data', 'site.json'), '{}');
  await writeFile(join(folder, 'other.html'), 'not published');
  sites = new ServedSites();
  const address = await sites.add(folder, ['index.html', 'data/site.json']);
  expect(address).toMatch(/^\/sites\/[\w-]{22}\/$/);
  id = address.split('/')[2]!;
});

const textOf = async (file: string, of = id): Promise<string> =>
  Buffer.from((await sites.file(of, file)).bytes).toString();
const NOT_THERE = 'there is no such page';

describe('a published page that the studio serves', () => {
  it('has the files that were written, with their types', async () => {
    expect(await sites.file(id, '')).toMatchObject({ type: 'text/html; charset=utf-8' });
    expect(await textOf('')).toBe('<!doctype html>');
    expect(await textOf('data/site.json')).toBe('{}');
    expect(await sites.add(folder, [])).not.toContain(id);
  });

  it.each([
    '../../secret.txt',
    '..',
    '.',
    'data/../index.html',
    'data/../../../secret.txt',
    '%2e%2e/%2e%2e/secret.txt',
    '..\\..\\secret.txt',
    '/etc/passwd',
    'data',
    'data/',
    'other.html',
    'index.html\0',
    'INDEX.HTML',
    'constructor',
    '__proto__',
  ])('has no other file: %j', async (file) => {
    await expect(sites.file(id, file)).rejects.toThrow(NOT_THERE);
  });

  it('is found by its id only', async () => {
    for (const other of ['', 'faces', '..', id.slice(1), `${id}=`, '__proto__'])
      await expect(sites.file(other, 'index.html')).rejects.toThrow(NOT_THERE);
  });

  it('has no file that became a link, or lies behind one, and none that was removed', async () => {
    const secret = join(folder, '..', '..', 'secret.txt');
    await rm(join(folder, 'index.html'));
    await symlink(secret, join(folder, 'index.html'));
    await expect(sites.file(id, 'index.html')).rejects.toThrow(NOT_THERE);
    const elsewhere = join(folder, '..', '..', 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'site.json'), 'secret');
    await rename(join(folder, 'data'), join(folder, 'old'));
    await symlink(elsewhere, join(folder, 'data'));
    await expect(sites.file(id, 'data/site.json')).rejects.toThrow(NOT_THERE);
    await rm(folder, { recursive: true });
    await expect(sites.file(id, '')).rejects.toThrow(NOT_THERE);
  });

  it('is forgotten when many newer ones were written', async () => {
    for (let count = 0; count < 49; count++) await sites.add(folder, []);
    expect(await textOf('')).toBe('<!doctype html>');
    await sites.add(folder, []);
    await expect(sites.file(id, '')).rejects.toThrow(NOT_THERE);
  });

  it('may load only its own files, and nothing of the studio', () => {
    const policy = policyOfSite('127.0.0.1:4242', 'ID');
    const sources = policy.split('; ').map((rule) => rule.split(' '));
    expect(sources.find(([name]) => name === 'default-src')).toEqual(['default-src', "'none'"]);
    expect(policy).not.toContain("'self'");
    for (const [name, ...of] of sources.filter(([rule]) => /^(?:script|connect|worker)-src$/.test(rule!)))
      for (const source of of)
        expect({ name, source }).toEqual({
          name,
          source: expect.stringMatching(
            /^(?:http:\/\/127\.0\.0\.1:4242\/sites\/ID\/|blob:|'wasm-unsafe-eval')$/,
          ) as string,
        });
    expect(sources[0]).toEqual(['sandbox', 'allow-scripts', 'allow-same-origin', 'allow-downloads']);
  });
});

it('needs the cookie of the studio, as everything does, and is not there by a guess', async () => {
  const studio = await testStudio({ concurrency: 0 });
  for (const path of [`/sites/${id}/`, `/sites/${id}/index.html`, '/sites/x/..%2f..%2fjobs', '/sites/']) {
    expect({ path, status: (await studio.bare(path)).status }).toEqual({ path, status: 401 });
    expect({ path, status: (await studio.fetch(path)).status }).toEqual({ path, status: 404 });
    const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect({ path, status: (await studio.fetch(path, foreign)).status }).toEqual({ path, status: 403 });
  }
});
