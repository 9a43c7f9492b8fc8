// Makes the pictures of the studio in the guides again. Needs Chromium and the build of npm test.
//
//   node scripts/studio-stills.mjs [name ...]
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { chosenEntries } from './chosen-entries.mjs';
import { openStage } from './film/stage.mjs';

/** @typedef {import('playwright-core').Page} Page */

const FOLDER = 'docs/guides/pictures';
const SIZE = { width: 1200, height: 780 };

/** Pictures by name: where they are taken, and what is done before. @type {Record<string, { path: string, act: (page: Page) => Promise<void> }>} */
const STILLS = {
  start: {
    path: '/',
    act: async (page) => page.locator('.play-row img').first().waitFor(),
  },
  explore: {
    path: '/go/explore?run=pretrained:faces-vae',
    act: async (page) => {
      await page.getByText(/ms a picture/).waitFor();
      for (let turn = 0; turn < 2; turn++) {
        await page.getByRole('button', { name: 'Pin this picture' }).click();
        await page.getByRole('application').press('ArrowDown');
      }
      const smile = page.getByRole('slider', { name: 'Smile' });
      await smile.fill('1.2');
      await page.evaluate(() => scrollTo(0, 620));
    },
  },
  gan: {
    path: '/go/explore?run=pretrained:faces-gan',
    act: async (page) => {
      await page.getByText(/ms a picture/).waitFor();
      await page.getByRole('application').press('ArrowUp');
    },
  },
  write: {
    path: '/go/write?run=pretrained:moby-dick',
    act: async (page) => {
      const text = page.getByRole('textbox').first();
      await text.click();
      await page.keyboard.type('the white whale ');
      for (let turn = 0; turn < 4; turn++) {
        await page.waitForTimeout(2500); // for the proposals
        await page.keyboard.press('Tab');
      }
      await page.waitForTimeout(2500);
    },
  },
  live: {
    path: '/go/live?run=pretrained:great-wave',
    act: async (page) => {
      await page.getByText(/ms a picture/).waitFor();
    },
  },
};

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = chosenEntries(STILLS, positionals, 'pictures');
const { page, url, close } = await openStage({ size: SIZE, colorScheme: 'light' });
for (const [name, { path, act }] of chosen) {
  await page.goto(new URL(path, url).href);
  await act(page);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1000);
  const png = await page.screenshot();
  await sharp(png).jpeg({ quality: 86, mozjpeg: true }).toFile(`${FOLDER}/studio-${name}.jpg`);
  console.log(`${FOLDER}/studio-${name}.jpg`);
}
await close();
