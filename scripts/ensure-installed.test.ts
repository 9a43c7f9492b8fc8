import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reasonToInstall } from './ensure-installed.mjs';

const LOCKED = {
  '': {},
  'packages/engine': { version: '0.1.0' },
  'node_modules/@latentbrush/engine': { link: true },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
};

describe('reasonToInstall', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'latentbrush-install-'));
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: LOCKED }));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Creates folders and npm's own record of them. */
  function install(packages: Record<string, object>): void {
    for (const path of Object.keys(packages)) mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  }

  const complete = {
    'node_modules/@latentbrush/engine': { link: true },
    'node_modules/zod': { version: '4.6.7' },
  };

  it('is given for a fresh clone', () => {
    expect(reasonToInstall(root)).toBe('nothing is installed yet');
  });

  it('is not given when all is installed, except packages for other platforms', () => {
    install(complete);
    expect(reasonToInstall(root)).toBeUndefined();
  });

  it('names a package that is missing from the record', () => {
    install({ 'node_modules/@latentbrush/engine': { link: true } });
    expect(reasonToInstall(root)).toBe('node_modules/zod is missing');
  });

  it('names a package whose folder was deleted', () => {
    install(complete);
    rmSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(reasonToInstall(root)).toBe('node_modules/zod is missing');
  });

  it('names a package of another version', () => {
    install({ ...complete, 'node_modules/zod': { version: '4.0.0' } });
    expect(reasonToInstall(root)).toBe('node_modules/zod is 4.0.0, wanted 4.6.7');
  });

  it('names a package that is no longer wanted', () => {
    install({ ...complete, 'node_modules/left-pad': { version: '1.3.0' } });
    expect(reasonToInstall(root)).toBe('node_modules/left-pad is not in package-lock.json');
  });
});
