import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { forbidden, importedPath } from './allowed-imports.mjs';
import { DOORS } from './layers.mjs';
import { lintFiles } from './testing/lint-files.ts';

const ONE_WAY = expect.stringMatching(/^Imports go one way/) as string;

describe('layers', () => {
  const lists = { layers: { src: ['image', ['text', 'dream'], 'cli'] }, doors: {} };
  const message = (importer: string, imported: string) => forbidden(importer, imported, lists);

  it('forbid a lower one to import a higher one', () => {
    expect(message('src/image/crop.ts', 'src/text/index.ts')).toEqual(ONE_WAY);
    expect(message('src/dream/ascent.ts', 'src/cli/main.ts')).toEqual(ONE_WAY);
  });

  it('let a higher one import a lower one, and itself', () => {
    expect(message('src/cli/main.ts', 'src/image/index.ts')).toBeUndefined();
    expect(message('src/text/model.ts', 'src/text/network.ts')).toBeUndefined();
  });

  it('forbid those side by side to import each other', () => {
    expect(message('src/text/model.ts', 'src/dream/index.ts')).toEqual(ONE_WAY);
    expect(message('src/dream/index.ts', 'src/text/model.ts')).toEqual(ONE_WAY);
  });

  it('let a test import everything of its package, and no higher package', () => {
    const packages = { layers: { packages: ['engine', 'program'], ...lists.layers }, doors: {} };
    expect(forbidden('src/image/crop.test.ts', 'src/text/index.ts', packages)).toBeUndefined();
    expect(forbidden('packages/engine/a.test.ts', 'packages/program/b.ts', packages)).toEqual(ONE_WAY);
  });
});

describe('doors', () => {
  const lists = { layers: {}, doors: { 'src/image': { fromFiles: 'public.ts', fromFolders: 'index.ts' } } };
  const message = (importer: string, imported: string) => forbidden(importer, imported, lists);

  it('let each importer in by its own door only', () => {
    expect(message('src/text/model.ts', 'src/image/index.ts')).toBeUndefined();
    expect(message('src/text/model.ts', 'src/image/edit/crop.ts')).toMatch(
      /^Import from src\/image\/index.ts/,
    );
    expect(message('src/index.ts', 'src/image/public.ts')).toBeUndefined();
    expect(message('src/index.ts', 'src/image/index.ts')).toMatch(/^Import from src\/image\/public.ts/);
  });

  it('do not apply inside the folder, or to tests', () => {
    expect(message('src/image/read/png.ts', 'src/image/edit/crop.ts')).toBeUndefined();
    expect(message('src/text/model.test.ts', 'src/image/edit/crop.ts')).toBeUndefined();
  });

  it('of this repository exist', () => {
    const doors = Object.entries(DOORS).flatMap(([folder, { fromFiles, fromFolders }]) =>
      [fromFiles, fromFolders].map((door) => `${folder}/${door}`),
    );
    expect(doors.filter((door) => !existsSync(door))).toEqual([]);
  });
});

it('lets only tests import files for tests', () => {
  const none = { layers: {}, doors: {} };
  expect(forbidden('src/a.ts', 'src/testing/noise.ts', none)).toMatch(/^Only tests/);
  expect(forbidden('src/a.test.ts', 'src/testing/noise.ts', none)).toBeUndefined();
  expect(forbidden('src/testing/b.ts', 'src/testing/noise.ts', none)).toBeUndefined();
});

it('resolves imports by a relative path and by the name of a package', () => {
  expect(importedPath('src/text/model.ts', '../image/index.ts')).toBe('src/image/index.ts');
  expect(importedPath('src/text/model.ts', '@latentbrush/engine')).toBe('packages/engine');
  expect(importedPath('src/text/model.ts', 'latentbrush/studio')).toBe('packages/latentbrush/studio');
  expect(importedPath('src/text/model.ts', 'sharp')).toBeUndefined();
});

describe('allowed-imports', () => {
  const refused = [
    "import { add } from '../ops/add.ts';",
    "import type { Session } from '../session.ts';",
    "export { add } from '../ops/add.ts';",
    "export * from '../ops/add.ts';",
    "const ops = await import('../ops/add.ts');",
    "type Session = import('../session.ts').Session;",
    "import { vae } from 'latentbrush';",
  ];
  const accepted = [
    "import { InputError } from '../errors.ts';",
    "import sharp from 'sharp';",
    'export const a = 1;',
  ];
  const path = (i: number) => `packages/engine/src/graph/file-${i}.ts`;
  const files = Object.fromEntries([...refused, ...accepted].map((code, i) => [path(i), code]));
  const messages = lintFiles('allowed-imports', files);

  it.each(refused.map((code, i) => [code, i] as const))('refuses %s', (_, i) => {
    expect(messages.get(path(i))).toEqual([ONE_WAY]);
  });

  it.each(accepted.map((code, i) => [code, refused.length + i] as const))('accepts %s', (_, i) => {
    expect(messages.get(path(i))).toEqual([]);
  });

  it('refuses a relative import in a program that is not compiled, of what does not exist', () => {
    const code = "import './there.mjs'; import './gone.mjs'; import '../packages/x/dist/not-built.js';";
    const found = lintFiles('allowed-imports', { 'bench/run.mjs': code, 'bench/there.mjs': '' });
    expect(found.get('bench/run.mjs')).toEqual(["'./gone.mjs' does not exist."]);
  });
});
