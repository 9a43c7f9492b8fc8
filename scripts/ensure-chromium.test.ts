import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureChromium } from './ensure-chromium.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  vi.stubEnv('CHROMIUM', undefined); // the test script sets it
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => rm(folder, { recursive: true }));

describe('ensureChromium', () => {
  it('takes the browser that is named, then one that is there', async () => {
    const places = [join(folder, 'none'), join(folder, 'chromium')];
    await writeFile(places[1]!, '');
    const install = vi.fn(() => 0);
    expect(ensureChromium({ places, install, isRoot: true, given: '/my/chromium' })).toBe('/my/chromium');
    expect(ensureChromium({ places, install, isRoot: true, given: undefined })).toBe(places[1]);
    expect(install).not.toHaveBeenCalled();
  });

  it('installs one where it may, and says when that fails', () => {
    const places = [join(folder, 'chromium')];
    const install = (): number => {
      writeFileSync(places[0]!, '');
      return 0;
    };
    expect(ensureChromium({ places, install: () => 1, isRoot: true, given: undefined })).toBeUndefined();
    expect(console.error).toHaveBeenLastCalledWith(expect.stringContaining('could not be installed'));
    expect(ensureChromium({ places, install, isRoot: true, given: undefined })).toBe(places[0]);
  });

  it('installs nothing for a user who may not', () => {
    const install = vi.fn(() => 0);
    expect(ensureChromium({ places: [], install, isRoot: false, given: undefined })).toBeUndefined();
    expect(install).not.toHaveBeenCalled();
  });
});
