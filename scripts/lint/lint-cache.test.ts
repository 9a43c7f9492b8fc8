import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lintCache } from './lint-cache.mjs';

describe('the cache of the lint', () => {
  let root: string;

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'latentbrush-lint-'));
    write('eslint.config.js', 'export default [];');
    write('packages/engine/src/a.ts', `import { b } from './b.ts';\nexport const a: number = b;`);
    write('packages/engine/dist/a.d.ts', 'export declare const a: number;');
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('stays when only the inside of a file changes, which ESLint itself sees', () => {
    const before = lintCache(root);
    write('packages/engine/src/a.ts', `import { b } from './b.ts';\nexport const a: number = b + 1;`);
    expect(lintCache(root)).toBe(before);
  });

  it.each([
    ['the type of an export', 'packages/engine/dist/a.d.ts', 'export declare const a: string;'],
    ['an import', 'packages/engine/src/a.ts', `import type { b } from './b.ts';\nexport const a = 1;`],
    ['an import when it is needed', 'packages/engine/src/a.ts', `export const a = await import('./c.ts');`],
    ['a new file', 'packages/engine/src/c.ts', 'export const c = 1;'],
    ['the rules', 'eslint.config.js', 'export default [{}];'],
    ['a rule of our own', 'scripts/lint/rule.mjs', 'export const rule = {};'],
    ['a dependency', 'package-lock.json', '{}'],
    ['a setting of TypeScript', 'packages/engine/tsconfig.json', '{}'],
  ])('is another, and the old one is gone, after a change of %s', (_, path, text) => {
    const before = lintCache(root);
    write(before, '{}');
    write(path, text);
    expect(lintCache(root)).not.toBe(before);
    expect(existsSync(join(root, before))).toBe(false);
  });
});
