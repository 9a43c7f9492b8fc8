/** @typedef {import('./recorder.mjs').Recorder} Recorder */

/** Time between two pictures of a job that runs, without a new preview. */
const BETWEEN_MS = 1500;

/** The link of a page in the bar. @param {Recorder} film @param {string} name */
const barLink = (film, name) => film.page.getByRole('navigation').getByRole('link', { name, exact: true });

/** The page of a link in the bar. @param {Recorder} film @param {string} name @param {string} heading */
async function open(film, name, heading) {
  await film.press(barLink(film, name));
  await film.page.getByRole('heading', { name: heading, exact: true }).waitFor();
}

/** The first page. @param {Recorder} film */
async function start(film) {
  await film.page.locator('.play-row img').first().waitFor();
  await film.page.waitForLoadState('networkidle');
  await film.take(1600);
}

/** A dream that forms, and the slider over it. @param {Recorder} film */
async function dream(film) {
  const { page } = film;
  await open(film, 'Dream', 'Dream');
  await film.press(page.getByRole('button', { name: 'Chelsea the cat' }));
  await page.getByText('Small, fast').waitFor();
  await page.waitForTimeout(800);
  await film.scroll(0, 4);
  await film.take(300);
  await film.press(page.getByText('Strong', { exact: true }));
  await film.press(page.getByText('Small, fast'));
  await film.press(page.getByRole('button', { name: 'Dream', exact: true }));
  film.spedUp(true);
  const result = page.getByLabel(/^Compare before and after/);
  const preview = page.getByAltText('Preview of the picture as it forms');
  let shown = '';
  let last = 0;
  while ((await result.count()) === 0) {
    const now = await preview.getAttribute('src', { timeout: 200 }).catch(() => null);
    const isNew = now !== null && now !== shown;
    if (isNew) {
      shown = now;
      await preview
        .evaluate((image) => /** @type {HTMLImageElement} */ (image).decode())
        .catch(() => undefined);
    }
    if (isNew || performance.now() - last > BETWEEN_MS) {
      last = performance.now();
      await film.take(isNew ? 400 : 80);
    }
    await page.waitForTimeout(50);
  }
  await page.waitForLoadState('networkidle');
  await film.take(300);
  film.spedUp(false);
  await film.take(900);
  const { x, y } = await film.middle(result);
  await film.move({ x, y }, 6);
  await film.drag([
    { x: x + 190, y, steps: 8 },
    { x: x - 220, y, steps: 14 },
  ]);
  await film.take(700);
}

/** A walk over the map of faces, then a smile. @param {Recorder} film */
async function explore(film) {
  const { page } = film;
  await open(film, 'Explore', 'Explore a latent space');
  await page.getByText(/ms a picture/).waitFor();
  await page.waitForTimeout(1000);
  await film.take(500);
  const map = page.getByRole('application');
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await map.boundingBox()
  );
  const at = (/** @type {number} */ across, /** @type {number} */ down, steps = 9) => ({
    x: box.x + across * box.width,
    y: box.y + down * Math.min(box.height, 700 - box.y),
    steps,
  });
  await film.move(at(0.8, 0.3));
  await film.drag([at(0.55, 0.45, 12), at(0.6, 0.85, 10), at(0.18, 0.6, 14), at(0.52, 0.62, 12)]);
  await film.take(400);
  const smile = page.getByRole('slider', { name: 'Smile' });
  const top = (await film.middle(smile)).y - 330;
  await film.scroll(top);
  const middle = await film.middle(smile);
  await film.move(middle);
  await film.drag([
    { ...(await film.middle(smile, 0.97)), steps: 12 },
    { ...(await film.middle(smile, 0.03)), steps: 16 },
    { ...(await film.middle(smile, 0.85)), steps: 10 },
  ]);
  await film.take(700);
}

/** A few words, and the network's continuations. @param {Recorder} film */
async function write(film) {
  const { page } = film;
  await open(film, 'Write', 'Write with a network');
  const text = page.getByRole('textbox').first();
  await text.waitFor();
  await film.press(text);
  await page.getByText(/Proposed in/).waitFor({ state: 'attached' });
  for (const letter of 'the white whale ') {
    await page.keyboard.type(letter);
    await film.take(70);
  }
  for (let turn = 0; turn < 3; turn++) {
    await page.waitForTimeout(1500); // for the proposals
    await film.take(800);
    await page.keyboard.press('Tab');
    await page.waitForTimeout(100);
    await film.take(300);
  }
  await page.waitForTimeout(1000);
  await film.take(1000);
}

/** A camera, painted live. @param {Recorder} film */
async function live(film) {
  const { page } = film;
  await open(film, 'Live', 'Paint live');
  await page.getByText(/ms a picture/).waitFor();
  await page.waitForTimeout(500);
  await film.take(700);
  await film.press(page.getByRole('button', { name: 'Camera' }));
  film.spedUp(true);
  const screen = page.getByRole('img', { name: 'The painted picture' });
  const look = () => screen.evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
  for (let painted = 0; painted < 26; painted++) {
    const before = await look();
    while ((await look()) === before) await page.waitForTimeout(20);
    await film.take(120);
  }
  film.spedUp(false);
}

/** What was made. @param {Recorder} film */
async function gallery(film) {
  const { page } = film;
  await open(film, 'Gallery', 'Gallery');
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(800);
  await film.take(900);
  await film.move(await film.middle(page.locator('.grid-picture').nth(1)));
  await film.take(1800);
}

/** The scenes in their order. */
export const SCENES = { start, dream, explore, write, live, gallery };
