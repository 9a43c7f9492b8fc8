import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pageCode } from './page-code.mjs';

const PAGE = 'packages/latentbrush/studio-page';

describe.skipIf(!existsSync(`${PAGE}/manifest.json`))("the code of the studio's page, compressed", () => {
  it('is under 300 kB, and under 140 kB to show the start page', () => {
    const { all, first } = pageCode(PAGE);
    expect(all).toBeLessThan(300_000);
    expect(first).toBeLessThan(140_000);
    expect(first).toBeGreaterThan(50_000); // React alone
  });
});
