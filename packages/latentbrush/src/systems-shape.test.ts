import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systems } from './systems.ts';

const here = import.meta.dirname;

/** Files of a system that trains a model: docs/architecture.md describes them. */
const TRAINED = ['options', 'data', 'loss', 'task', 'train', 'run', 'model', 'export', 'events', 'system', 'index']; // prettier-ignore

/** Files that a system has which optimises the pixels of one picture. */
const RENDERING = ['options', 'loss', 'render', 'events', 'index'];

const TRAINING = ['data', 'task', 'train', 'run', 'model', 'export', 'system', 'network'];

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(here, folder), { withFileTypes: true });
  return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
}

const files = (await readdir(here, { recursive: true })).map((file) => file.replaceAll('\\', '/'));

/** Each has an entry for `systems.ts`. */
const trained = files
  .filter((file) => file.endsWith('/system.ts') && !file.startsWith('training/'))
  .map(dirname);

it('the systems that train are found by their system.ts', () => {
  expect(trained.map((folder) => folder.split('/')[0]).sort()).toEqual(
    systems.map(({ name }) => name).sort(),
  );
});

describe.each(trained)('%s, which trains a model', (folder) => {
  it('has the files that all such systems have', async () => {
    const names = await namesIn(folder);
    expect(names).toEqual(expect.arrayContaining(TRAINED.map((name) => `${name}.ts`)));
  });

  it('has one network, or a folder of them', async () => {
    const names = await namesIn(folder);
    expect(names.filter((name) => name === 'network.ts' || name === 'networks/')).toHaveLength(1);
    if (names.includes('networks/')) await access(join(here, folder, 'networks', 'network.ts'));
  });

  it('has none of the old file names', async () => {
    expect((await namesIn(folder)).filter(isOldName)).toEqual([]);
  });
});

describe.each(['dream', 'style/transfer'])('%s, which trains nothing', (folder) => {
  it('has the files that both such systems have, and none of training', async () => {
    const names = await namesIn(folder);
    expect(names).toEqual(expect.arrayContaining(RENDERING.map((name) => `${name}.ts`)));
    expect(names.filter((name) => TRAINING.includes(name.replace('.ts', '')))).toEqual([]);
  });

  it('has none of the old file names', async () => {
    expect((await namesIn(folder)).filter(isOldName)).toEqual([]);
  });
});

it('style has both its forms, and their shared files', async () => {
  expect(await namesIn('style')).toEqual(
    expect.arrayContaining(['fast/', 'transfer/', 'index.ts', 'losses.ts', 'perception.ts']),
  );
});

function isOldName(name: string): boolean {
  return /^(?:losses|objective|material|preparation|sample|transformer|fast-.+|.+-model|.+-networks)\.ts$/.test(
    name,
  );
}
