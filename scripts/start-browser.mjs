import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { ensureChromium } from './ensure-chromium.mjs';

/**
 * Starts the installed Chromium, with a camera that shows a turning disc.
 * @param {readonly string[]} [more] further arguments
 * @throws when there is no Chromium
 */
export async function startBrowser(more = []) {
  const executablePath = ensureChromium();
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error('there is no Chromium; install it, or name it in CHROMIUM');
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...camera, ...more] });
}
