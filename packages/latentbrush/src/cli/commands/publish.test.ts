import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_FOLDER } from '../../studio/page-files.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { call } from '../testing/call.ts';
import { jsonLines } from '../testing/program.ts';
import { refusal } from '../testing/refusal.ts';
import { folderWithRuns } from './latent/testing/runs.ts';

describe.skipIf(!existsSync(join(PAGE_FOLDER, 'publish.html')))(
  "latentbrush publish (needs the studio's page: npm test builds it)",
  () => {
    it('writes a page that is smaller than its model and the runtime', async () => {
      const folder = await folderWithRuns(['vae']);
      const { code, stdout } = await call(['publish', 'runs/vae', '--title', 'Discs', '--json'], folder);
      expect(code).toBe(0);
      const [published] = jsonLines(stdout) as [{ bytes: { page: number } }];
      expect(published).toMatchObject({ type: 'published', folder: 'site' });
      expect(published.bytes.page).toBeLessThan(1.5e6);
      expect(await readdir(join(folder, 'site'))).toEqual(
        expect.arrayContaining(['NOTICE.txt', 'assets', 'data', 'index.html', 'ort', 'preview.jpg']),
      );
      expect(await refusal(['publish', 'runs/vae'], folder)).toMatch(
        /site: already contains files; choose an empty or a new folder for the page/,
      );
    });
  },
);

it('refuses a folder that is no run, and an invalid address', async () => {
  const folder = await temporaryFolder();
  expect(await refusal(['publish', 'nothing'], folder)).toMatch(/error: nothing: /);
  expect(await refusal(['publish', 'nothing', '--url', 'ftp://x'], folder)).toMatch(
    /--url: "ftp:\/\/x" was given/,
  );
});
