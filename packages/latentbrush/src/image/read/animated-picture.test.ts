import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { countPictures, readAnimation } from './animated-picture.ts';
import { createAnimation } from '../write/animation.ts';
import { readPicture } from './decode.ts';
import { encodePicture } from '../write/encode.ts';
import { picture, type Picture } from '../picture.ts';
import { bmpFile } from '../testing/bmp-file.ts';
import { animatedPng, animationFile, hugeGif } from '../testing/animations.ts';
import { decodeVideo, hasFfmpeg } from '../testing/ffmpeg.ts';

/** A picture of one colour with a square of another at a given place. */
function square(place: number, colour: readonly number[]): Picture {
  const result = picture(3, 20, 30);
  for (let i = 0; i < 1800; i++) {
    const [x, y, channel] = [i % 30, Math.floor(i / 30) % 20, Math.floor(i / 600)];
    result.data[i] = x >= place && x < place + 8 && y > 5 && y < 13 ? colour[channel]! : 40;
  }
  return result;
}

const frames = [square(2, [255, 0, 0]), square(9, [0, 255, 0]), square(16, [0, 0, 255])];
const timing = { delays: [30, 500, 80], loop: 3 };

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

describe.each(['gif', 'webp'] as const)('an animated .%s', (format) => {
  it('is read frame by frame, with its delays and its number of repetitions', async () => {
    const path = await file(`a.${format}`, await animationFile(format, frames, timing));
    expect(await countPictures(path)).toEqual({ count: 3, isAnimation: true, only: undefined });
    const { frame, ...rest } = await readAnimation(path);
    expect(rest).toEqual({ height: 20, width: 30, delays: [30, 500, 80], loop: 3 });
    frames.forEach((each, index) => expect(frame(index)).toEqual(each)); // complete, even if the file stores only a part
    expect(await readPicture(path)).toEqual(frames[0]);
  });

  it('is written with the given delays', async () => {
    const path = join(await temporaryFolder(), `b.${format}`);
    const animation = await createAnimation(path, { height: 20, width: 30, ...timing });
    for (const each of frames) await animation.add(each);
    await animation.finish();
    expect(await readAnimation(path)).toMatchObject(timing);
  });

  it('of one frame is a picture', async () => {
    const path = await file(`a.${format}`, await animationFile(format, [frames[0]!], { delays: [10] }));
    expect(await countPictures(path)).toEqual({ count: 1, isAnimation: false, only: undefined });
    await expect(readAnimation(path)).rejects.toThrow(
      'is not an animation; an animated GIF or WebP is needed',
    );
  });
});

it('a truncated WebP is refused', async () => {
  const bytes = await animationFile('webp', frames, timing);
  const path = await file('a.webp', bytes.subarray(0, bytes.length - 40));
  await expect(readAnimation(path)).rejects.toThrow(/a\.webp: is a damaged or truncated WebP/);
});

it('frames that exceed the memory are refused before decoding', async () => {
  const path = await file('bomb.gif', hugeGif(9000, 9000, 4));
  await expect(readAnimation(path)).rejects.toThrow(
    'bomb.gif: has 4 frames of 9000x9000, 324.0 megapixels in all, above the limit of 268.4; make it shorter or smaller first',
  );
  const enormous = await file('wide.gif', hugeGif(60_000, 60_000, 2));
  await expect(readAnimation(enormous)).rejects.toThrow('wide.gif: has 60000x60000 pixels');
});

it('animated PNGs and TIFFs of several pages have a picture count', async () => {
  const png = await file('a.png', animatedPng(await encodePicture(frames[0]!, 'png'), 12));
  expect(await countPictures(png)).toEqual({ count: 12, isAnimation: false, only: 'animated PNG' });
  expect(await readPicture(png)).toEqual(frames[0]);
  const raw = { width: 4, height: 12, channels: 3, pageHeight: 4 } as const;
  const tiff = await file('a.tif', await sharp(Buffer.alloc(144), { raw }).tiff().toBuffer());
  expect(await countPictures(tiff)).toEqual({ count: 3, isAnimation: false, only: 'TIFF' });
  const plain = await file('b.png', await encodePicture(frames[0]!, 'png'));
  expect(await countPictures(plain)).toEqual({ count: 1, isAnimation: false, only: undefined });
});

it.skipIf(!hasFfmpeg)('an .mp4 repeats frames with longer delays (skipped without ffmpeg)', async () => {
  const path = join(await temporaryFolder(), 'c.mp4');
  const animation = await createAnimation(path, { height: 20, width: 30, delays: [50, 150, 100] });
  for (const each of frames) await animation.add(each);
  await animation.finish();
  const { rate, frames: shown } = decodeVideo(path);
  expect({ rate, count: shown.length }).toEqual({ rate: '20/1', count: 6 });
});

it('a BMP file has one picture', async () => {
  const path = join(await temporaryFolder(), 'x.bmp');
  await writeFile(path, bmpFile({ width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0] }));
  expect(await countPictures(path)).toEqual({ count: 1, isAnimation: false, only: undefined });
  await expect(readAnimation(path)).rejects.toThrow(`${path}: is not an animation; `);
  await writeFile(path, bmpFile({ width: 9, height: 9, bits: 24, pixels: [1, 2, 3, 0] }));
  await expect(countPictures(path)).rejects.toThrow(`${path}: is a damaged or truncated BMP`);
});
