import { Linter } from 'eslint';
import { importX } from 'eslint-plugin-import-x';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { byDoor } from './by-door.mjs';
import { DOORS } from './layers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is wrong when a file imports another one, of the same folder; the folder 'lint' has two doors. */
function messagesOf(file: string, imported: string): string[] {
  const zones = byDoor({ 'scripts/lint': { '!(lint)/**': 'layers.mjs', '*.mjs': 'one-way.mjs' } });
  return new Linter({ cwd: root })
    .verify(
      `import '${imported}';`,
      [
        {
          plugins: { 'import-x': importX },
          rules: { 'import-x/no-restricted-paths': ['error', { basePath: root, zones }] },
        },
      ],
      `${root}scripts/${file}`,
    )
    .map(({ message }) => message);
}

describe('byDoor', () => {
  it('lets other folders in by their door only', () => {
    expect(messagesOf('embed/images.mjs', '../lint/layers.mjs')).toEqual([]);
    expect(messagesOf('embed/images.mjs', '../lint/one-way.mjs')).toEqual([
      expect.stringContaining('Import from scripts/lint/layers.mjs'),
    ]);
  });

  it('lets files beside the folder in by theirs', () => {
    expect(messagesOf('embed-trunk.mjs', './lint/one-way.mjs')).toEqual([]);
    expect(messagesOf('embed-trunk.mjs', './lint/layers.mjs')).toEqual([
      expect.stringContaining('Import from scripts/lint/one-way.mjs'),
    ]);
  });

  it('says nothing within the folder', () => {
    expect(messagesOf('lint/in-one-layer.mjs', './no-vague-names.mjs')).toEqual([]);
  });
});

it('finds the doors of this repository where they are', () => {
  const doors = Object.entries(DOORS).flatMap(([folder, openings]) =>
    Object.values(openings).map((door) => `${folder}/${door}`),
  );
  expect(doors.filter((door) => !existsSync(door))).toEqual([]);
});
