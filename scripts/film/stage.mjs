import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { data } from 'latentbrush';
import { startStudio } from 'latentbrush/studio';
import sharp from 'sharp';
import { startBrowser } from '../start-browser.mjs';

/**
 * A studio in an empty folder, and a window with its first page. The camera looks around in a photograph.
 * @param {{ size: { width: number, height: number }, colorScheme: 'dark' | 'light' }} look
 */
export async function openStage({ size, colorScheme }) {
  const folder = mkdtempSync(join(tmpdir(), 'studio-stage-'));
  const camera = join(folder, 'camera.y4m');
  const browser = await startBrowser([`--use-file-for-fake-video-capture=${camera}`]); // read when a page opens the camera
  await writeCamera(camera);
  const studio = await startStudio({ folder: join(folder, 'studio'), port: 0, offline: true });
  const context = await browser.newContext({
    viewport: size,
    colorScheme,
    locale: 'en-US',
    bypassCSP: true, // for what the film draws over the page
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(studio.url);
  return {
    page,
    url: studio.url,
    async close() {
      await browser.close();
      await studio.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A camera for Chromium: it looks around in a photograph. @param {string} file */
async function writeCamera(file) {
  const [width, height, frames] = [640, 480, 90];
  const photograph = sharp(await data.photographs.cat.load()).resize({
    width: 900,
    height: 675,
    fit: 'cover',
  });
  const png = await photograph.png().toBuffer();
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const turn = (2 * Math.PI * frame) / frames;
    const left = Math.round(130 + 130 * Math.cos(turn));
    const top = Math.round(97 + 97 * Math.sin(turn));
    const rgb = await sharp(png).extract({ left, top, width, height }).removeAlpha().raw().toBuffer();
    const luma = Buffer.alloc(width * height);
    const chroma = [Buffer.alloc((width * height) / 4), Buffer.alloc((width * height) / 4)];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const [r, g, b] = [rgb[3 * i] ?? 0, rgb[3 * i + 1] ?? 0, rgb[3 * i + 2] ?? 0]; // BT.601
        luma[i] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
        if (x % 2 === 1 || y % 2 === 1) continue;
        const half = (y * width) / 4 + x / 2;
        chroma[0]?.writeUInt8(Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b), half);
        chroma[1]?.writeUInt8(Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b), half);
      }
    parts.push(Buffer.from('FRAME\n'), luma, ...chroma);
  }
  writeFileSync(file, Buffer.concat(parts));
}
