import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { misplacements } from './in-one-layer.mjs';
import { LAYERS } from './layers.mjs';
import { lintFiles } from './testing/lint-files.ts';

const list = { src: ['graph', ['read', 'write'], 'index.ts'] };

describe('misplacements', () => {
  it.each(['src/graph/tensor.ts', 'src/write/deep/names.ts', 'src/index.ts', 'elsewhere/stray.ts'])(
    'finds nothing wrong with %s',
    (path) => {
      expect(misplacements(path, list)).toEqual([]);
    },
  );

  it.each(['src/stray.ts', 'src/graphs/tensor.ts', 'src/new/index.ts'])('finds %s in no layer', (path) => {
    expect(misplacements(path, list)).toEqual([
      `'${path.slice(4)}' is in no layer of src, expected one: see scripts/lint/layers.mjs.`,
    ]);
  });

  it('finds a file in two layers', () => {
    const [message] = misplacements('src/read/node/a.ts', { src: ['read', 'read/node'] });
    expect(message).toContain('is in 2 layers (read, read/node) of src');
  });

  it('reads every list that covers a file', () => {
    const lists = { src: ['read'], 'src/read': ['file'] };
    expect(misplacements('src/read/stray.ts', lists)).toHaveLength(1);
    expect(misplacements('src/read/file/parse.ts', lists)).toEqual([]);
  });
});

describe('the layers of this repository', () => {
  const sources = ['packages/engine/src', 'packages/latentbrush/src'].flatMap((base) =>
    readdirSync(base, { recursive: true, encoding: 'utf8' })
      .map((path) => `${base}/${path.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/testing/')),
  );

  it('contain every source file exactly once', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.flatMap((path) => misplacements(path))).toEqual([]);
  });

  it('name only what exists', () => {
    const places = Object.entries(LAYERS).flatMap(([base, rooms]) =>
      rooms.flat().map((room) => `${base}/${room}`),
    );
    expect(places.filter((place) => !existsSync(place))).toEqual([]);
  });

  it('apply to new files, too', () => {
    const path = 'packages/engine/src/stray.ts';
    expect(lintFiles('in-one-layer', { [path]: 'export const a = 1;' }).get(path)).toEqual([
      "'stray.ts' is in no layer of packages/engine/src, expected one: see scripts/lint/layers.mjs.",
    ]);
  });
});
