import { emptyWindow } from './browser.mjs';
import { quantile, report } from './figures.mjs';

/** How long a network is used for one figure, in milliseconds. */
const USED_MS = 4000;

/** The figures that a page shows: "8.1 ms a picture, 60 a second". @param {import('playwright-core').Page} window */
async function shownSpeed(window) {
  const text = await window.getByText(/ms a picture/).textContent();
  const [milliseconds = NaN, perSecond = NaN] = (text ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
  return { milliseconds, perSecond };
}

/**
 * The explorer of faces while a hand moves over the map.
 * @param {{ browser: import('playwright-core').Browser, server: import('./server.mjs').Server }} bench
 */
export async function explorer({ browser, server }) {
  const window = await emptyWindow(browser);
  await window.goto(server.url);
  const begin = performance.now();
  await window.goto(server.at('/go/explore?run=pretrained:faces-vae'));
  await window.getByText(/ms a picture/).waitFor();
  report('the first face, from an empty page', (performance.now() - begin) / 1000, 's');
  const map = window.getByRole('application', { name: /map/i });
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await map.boundingBox()
  );
  await window.mouse.move(x + width / 2, y + height / 2);
  await window.mouse.down();
  const speeds = [];
  const end = performance.now() + USED_MS;
  for (let turn = 0; performance.now() < end; turn += 0.05) {
    await window.mouse.move(
      x + width * (0.5 + 0.3 * Math.cos(turn)),
      y + height * (0.5 + 0.3 * Math.sin(turn)),
    );
    if (performance.now() > end - USED_MS / 2) speeds.push(await shownSpeed(window));
  }
  await window.mouse.up();
  report(
    'faces of 32x32 decoded',
    quantile(
      speeds.map(({ milliseconds }) => milliseconds),
      0.5,
    ),
    'ms a picture',
    { below: 20 },
  );
  report(
    'faces shown under a moving hand',
    quantile(
      speeds.map(({ perSecond }) => perSecond),
      0.5,
    ),
    'a second',
    { atLeast: 30 },
  );
  await window.context().close();
}

/**
 * A fast style on the camera.
 * @param {{ browser: import('playwright-core').Browser, server: import('./server.mjs').Server }} bench
 */
export async function liveStyle({ browser, server }) {
  const window = await emptyWindow(browser);
  await window.goto(server.url);
  await window.goto(server.at('/go/live?run=pretrained:starry-night'));
  await window.getByText('256', { exact: true }).click();
  await window.getByRole('button', { name: 'Camera' }).click();
  await window.getByText(/ms a picture/).waitFor();
  await window.waitForTimeout(USED_MS);
  const { milliseconds, perSecond } = await shownSpeed(window);
  report('pictures of 256x256 painted', milliseconds, 'ms a picture');
  report('pictures painted and shown', perSecond, 'a second', { atLeast: 5 });
  await window.context().close();
}
