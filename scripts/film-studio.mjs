// Makes the film of the studio in the README again: the studio runs, a program moves the pointer. Needs Chromium and the build of npm test.
//
//   node scripts/film-studio.mjs                       writes the film
//   node scripts/film-studio.mjs scene ...             only tries these scenes
//     --pictures FOLDER                                writes each picture, to be looked at
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenEntries } from './chosen-entries.mjs';
import { Recorder } from './film/recorder.mjs';
import { SCENES } from './film/scenes.mjs';
import { openStage } from './film/stage.mjs';

const FILM = 'docs/guides/pictures/studio.webp';
/** The window, and the width of the film, in pixels. */
const SIZE = { width: 1120, height: 720 };
const WIDTH = 960;
const QUALITY = 70;

/** What is in the gallery before the film begins: made by the studio as well. */
const MADE_BEFORE = [
  [
    'style.apply',
    { run: { run: 'pretrained:great-wave' }, picture: { example: 'nagasaki-boats' } },
    { size: 640 },
  ],
  [
    'style.apply',
    { run: { run: 'pretrained:the-scream' }, picture: { example: 'alpine-landscape' } },
    { size: 640 },
  ],
  ['dream.picture', { picture: { example: 'allium-oreophilum' } }, { size: 480, iterations: 30 }],
  [
    'style.apply',
    { run: { run: 'pretrained:starry-night' }, picture: { example: 'alpine-landscape' } },
    { size: 640 },
  ],
  ['style.apply', { run: { run: 'pretrained:starry-night' }, picture: { example: 'cat' } }, { size: 640 }],
  ['gan.sample', { run: { run: 'pretrained:faces-gan' } }, { seed: 3 }],
  ['dream.picture', { picture: { example: 'nagasaki-boats' } }, { size: 480, iterations: 30 }],
];

/** @param {import('playwright-core').Page} page @param {string} url */
async function makeBefore(page, url) {
  for (const [job, inputs, options] of MADE_BEFORE) {
    const answer = await page.request.post(new URL('/api/jobs', url).href, {
      data: { job, inputs, options },
    });
    if (!answer.ok()) throw new Error(await answer.text());
  }
  for (;;) {
    /** @type {{ state: string, error?: unknown }[]} */
    const jobs = await (await page.request.get(new URL('/api/jobs', url).href)).json();
    const failed = jobs.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error(JSON.stringify(failed));
    if (jobs.every(({ state }) => state === 'done')) return;
    await page.waitForTimeout(500);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'string' } },
});
const isWhole = positionals.length === 0;
const chosen = chosenEntries(SCENES, positionals, 'scenes');
const { page, url, close } = await openStage({ size: SIZE, colorScheme: 'dark' });
if (chosen.some(([name]) => name === 'gallery')) await makeBefore(page, url);
await page.goto(new URL('/', url).href);
const film = new Recorder(page);

function writePictures() {
  if (values.pictures === undefined) return;
  const target = values.pictures;
  mkdirSync(target, { recursive: true });
  film.pictures.forEach(({ png, ms }, index) =>
    writeFileSync(join(target, `${String(index).padStart(3, '0')}-${ms}ms.png`), png),
  );
}

for (const [name, scene] of chosen) {
  await scene(film).catch(async (error) => {
    await page.screenshot({ path: join(tmpdir(), 'film-failed.png') });
    throw error;
  });
  writePictures();
  console.log(`${name}: until second ${film.seconds.toFixed(1)}`);
}
await close();

const length = `${film.pictures.length} pictures, ${film.seconds.toFixed(1)} s`;
if (isWhole) {
  const file = await film.webp(WIDTH, QUALITY);
  writeFileSync(FILM, file);
  console.log(`${FILM}: ${length}, ${(file.length / 1e6).toFixed(2)} MB`);
} else console.log(`${length}; the film was not written, since it needs all scenes`);
