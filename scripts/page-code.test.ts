import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pageCode } from './page-code.mjs';

const PAGE = 'packages/latentbrush/studio-page';

const isBuilt = existsSync(`${PAGE}/manifest.json`);
const title = "the code of the studio's page, compressed";

describe.skipIf(!isBuilt)(isBuilt ? title : `${title} (needs the build of npm test)`, () => {
  it('is under 300 kB, and under 140 kB to show the start page', () => {
    const { all, first } = pageCode(PAGE);
    expect(all).toBeLessThan(300_000);
    expect(first).toBeLessThan(140_000);
    expect(first).toBeGreaterThan(50_000); // React alone
  });
});
