import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { animationFormatOf, createAnimation } from './animation.ts';
import { delays } from './image-sequence-encoder.ts';
import { picture, type Picture } from '../picture.ts';
import { readRecipe } from '../recipe/read-recipe.ts';
import { recipe } from '../recipe/recipe.ts';
import { rgbBytes } from './rgb-bytes.ts';
import { decodeVideo, hasFfmpeg } from '../testing/ffmpeg.ts';
import { codecArguments } from './video-encoder.ts';

const [height, width] = [24, 40];
const COLORS = [
  [200, 40, 40],
  [40, 160, 60],
  [50, 60, 210],
] as const;

/** A frame of one colour. */
function frame(color: readonly [number, number, number], size = { height, width }): Picture {
  const pixels = size.height * size.width;
  const data = Float32Array.from({ length: 3 * pixels }, (_, i) => color[Math.floor(i / pixels)]!);
  return picture(3, size.height, size.width, data);
}

function expectColor(pixel: Uint8Array, [red, green, blue]: readonly [number, number, number]): void {
  [red, green, blue].forEach((value, i) => expect(Math.abs(pixel[i]! - value)).toBeLessThanOrEqual(4));
}

/** No temporary file, nothing half-written. */
async function expectOnly(folder: string, names: string[]): Promise<void> {
  expect(await readdir(folder)).toEqual(names);
}

describe('animationFormatOf', () => {
  it('depends on the extension, in upper or lower case', () => {
    expect(['a.gif', 'b/c.WebP', 'd.e.mp4'].map(animationFormatOf)).toEqual(['gif', 'webp', 'mp4']);
  });

  it.each(['clip.avi', 'clip', '.gif', 'clip.png'])('refuses %s and names the extensions', (path) => {
    expect(() => animationFormatOf(path)).toThrow('choose a name that ends in .gif, .webp or .mp4');
  });
});

describe('delays', () => {
  it('do not accumulate rounding errors', () => {
    expect(delays(6, 30, 10)).toEqual([30, 40, 30, 30, 40, 30]);
    expect(delays(300, 24, 10).reduce((sum, delay) => sum + delay)).toBe(12_500);
  });

  it('are never 0, even at the fastest rates', () => {
    expect(Math.min(...delays(100, 50, 10))).toBe(20);
    expect(Math.min(...delays(100, 120, 1))).toBe(8);
  });
});

describe.each(['gif', 'webp'] as const)('createAnimation of .%s', (format) => {
  it('writes all frames with their colours, delays and repetitions', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, `clip.${format}`);
    const animation = await createAnimation(path, { height, width, framesPerSecond: 20, loop: 3 });
    for (const color of COLORS) await animation.add(frame(color));
    await expectOnly(folder, []);
    await animation.finish();
    await expectOnly(folder, [`clip.${format}`]);

    const decoded = sharp(await readFile(path), { animated: true });
    expect(await decoded.metadata()).toMatchObject({
      format,
      width,
      pageHeight: height,
      pages: 3,
      delay: [50, 50, 50],
      loop: 3,
    });
    const pixels = await decoded.removeAlpha().raw().toBuffer();
    COLORS.forEach((color, i) => {
      const middle = 3 * (i * height * width + (height / 2) * width + width / 2);
      expectColor(pixels.subarray(middle, middle + 3), color);
    });
  });

  it('plays forever without a loop option, and accepts one frame', async () => {
    const path = join(await temporaryFolder(), `clip.${format}`);
    const animation = await createAnimation(path, { height, width, framesPerSecond: 1 });
    await animation.add(frame(COLORS[0]));
    await animation.finish();
    expect((await sharp(path).metadata()).loop ?? 0).toBe(0);
  });

  it('refuses more frames than fit in memory, at once if their number is known', async () => {
    const path = join(await temporaryFolder(), `clip.${format}`);
    const large = { height: 10_000, width: 16_000, framesPerSecond: 10 };
    await expect(createAnimation(path, { ...large, frames: 3 })).rejects.toThrow(
      `3 frames of 16000x10000 were requested; .${format} can have 2 of this size`,
    );
    await createAnimation(path, { ...large, frames: 2 });
  });

  it('does not change an existing file when discarded', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, `clip.${format}`);
    await writeFile(path, 'old');
    const animation = await createAnimation(path, { height, width, framesPerSecond: 10 });
    await animation.add(frame(COLORS[0]));
    await animation.discard();
    await animation.discard();
    expect(await readFile(path, 'utf8')).toBe('old');
    await expectOnly(folder, [`clip.${format}`]);
  });
});

describe('createAnimation of .gif', () => {
  it('gives every frame its own palette: a spot that slowly brightens leaves no trace', async () => {
    const path = join(await temporaryFolder(), 'spot.gif');
    const animation = await createAnimation(path, { height, width, framesPerSecond: 10 });
    const frames = Array.from({ length: 20 }, (_, i) => gradientWithSpot(3 * i));
    for (const each of frames) await animation.add(each);
    await animation.finish();
    const pixels = await sharp(path, { animated: true }).removeAlpha().raw().toBuffer();
    const expected = Buffer.concat(frames.map(rgbBytes));
    expect(pixels).toHaveLength(expected.length);
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - pixels[i]!)), 0);
    expect(worst).toBeLessThanOrEqual(8);
  });
});

/** A smooth picture of about 900 colours whose lower right corner is brighter by this amount. */
function gradientWithSpot(brighter: number): Picture {
  const result = picture(3, height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const more = x > 30 && y > 16 ? brighter : 0;
      [20 + 3 * x + more, 40 + 4 * y, 60 + (x * y) / 10 + more].forEach((value, channel) => {
        result.data[(channel * height + y) * width + x] = value;
      });
    }
  }
  return result;
}

describe.skipIf(!hasFfmpeg)('createAnimation of .mp4 (skipped without ffmpeg)', () => {
  it('writes all frames with their colours, at the given rate', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'clip.mp4');
    const animation = await createAnimation(path, { height, width, framesPerSecond: 12.5 });
    for (const color of COLORS) await animation.add(frame(color));
    await expectOnly(folder, []);
    await animation.finish();
    await expectOnly(folder, ['clip.mp4']);

    const { size, rate, frames } = decodeVideo(path);
    expect([size, rate, frames.length]).toEqual(['40x24', '25/2', 3]);
    COLORS.forEach((color, i) => expectColor(frames[i]!.subarray(0, 3), color));
  });

  it('repeats the last row and column of odd sizes', async () => {
    const path = join(await temporaryFolder(), 'clip.mp4');
    const odd = { height: 23, width: 39 };
    const animation = await createAnimation(path, { ...odd, framesPerSecond: 10 });
    await animation.add(frame(COLORS[0], odd));
    await animation.finish();
    const { size, frames } = decodeVideo(path);
    expect(size).toBe('40x24');
    expectColor(frames[0]!.subarray(-3), COLORS[0]);
  });

  it('leaves nothing behind when discarded', async () => {
    const [folder, temporary] = [await temporaryFolder(), await temporaryFolder()];
    vi.stubEnv('TMPDIR', temporary);
    const animation = await createAnimation(join(folder, 'clip.mp4'), { height, width, framesPerSecond: 10 });
    await animation.add(frame(COLORS[0]));
    await animation.discard();
    vi.unstubAllEnvs();
    await expectOnly(folder, []);
    await expectOnly(temporary, []);
  });
});

describe('createAnimation of .mp4 with a missing or useless ffmpeg', () => {
  it('says what to do when ffmpeg is missing', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('PATH', folder);
    const attempt = createAnimation(join(folder, 'clip.mp4'), { height, width, framesPerSecond: 10 });
    await expect(attempt).rejects.toThrow(
      'clip.mp4: .mp4 needs the program ffmpeg, which is not on the PATH; install it, or choose a name that ends in .gif or .webp',
    );
    vi.unstubAllEnvs();
  });

  it.skipIf(process.platform === 'win32')(
    'reports the message of ffmpeg when it stops halfway (skipped on Windows)',
    async () => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, 'bin'));
      const program = join(folder, 'bin', 'ffmpeg');
      await writeFile(
        program,
        '#!/bin/sh\ncase "$*" in *-encoders) echo " V....D libx264 H.264";; *) echo "cannot allocate" >&2; exit 1;; esac\n',
      );
      await chmod(program, 0o755);
      vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH ?? ''}`);
      const size = { height: 600, width: 800 };
      const animation = await createAnimation(join(folder, 'clip.mp4'), { ...size, framesPerSecond: 10 });
      vi.unstubAllEnvs();
      const attempt = (async (): Promise<void> => {
        await animation.add(frame(COLORS[0], size));
        await animation.finish();
      })();
      await expect(attempt).rejects.toThrow('clip.mp4: ffmpeg stopped: cannot allocate');
      await animation.discard();
      await expectOnly(folder, ['bin']);
    },
  );

  it('uses H.264 if possible, else MPEG-4, and refuses without both', () => {
    const both = ' V..... mpeg4   MPEG-4 part 2\n V....D libx264   H.264';
    expect(codecArguments('a.mp4', both)).toContain('libx264');
    expect(codecArguments('a.mp4', ' V..... mpeg4   MPEG-4 part 2')).toContain('mpeg4');
    expect(() => codecArguments('a.mp4', ' V..... libx264rgb   H.264')).toThrow('has none of the encoders');
  });
});

describe('the recipe of an animation', () => {
  const made = recipe({ system: 'dream', seed: 7, options: { note: 'für <dich> & 고양이' }, inputs: [] });

  async function writeWithRecipe(name: string, known = made): Promise<string> {
    const path = join(await temporaryFolder(), name);
    const animation = await createAnimation(path, { height, width, framesPerSecond: 10, recipe: made });
    for (const color of COLORS) await animation.add(frame(color));
    await animation.finish(known === made ? undefined : known);
    return path;
  }

  it.each(['clip.gif', 'clip.webp', ...(hasFfmpeg ? ['clip.mp4'] : [])])(
    'can change between the start and the end: %s',
    async (name) => {
      const known = { ...made, options: { stoppedAt: { frame: 3 } } };
      expect(await readRecipe(await writeWithRecipe(name, known))).toEqual(known);
    },
  );

  it.each(['clip.gif', 'clip.webp'])('is in the file: %s', async (name) => {
    const path = await writeWithRecipe(name);
    expect(await readRecipe(path)).toEqual(made);
    expect((await sharp(path, { animated: true }).metadata()).pages).toBe(3);
  });

  it.skipIf(!hasFfmpeg)('is in the file: clip.mp4 (skipped without ffmpeg)', async () => {
    const path = await writeWithRecipe('clip.mp4');
    expect(await readRecipe(path)).toEqual(made);
    expect(decodeVideo(path).frames).toHaveLength(3);
  });
});

describe('createAnimation', () => {
  const good = { height, width, framesPerSecond: 10 };

  it.each([
    ['clip.gif', { ...good, framesPerSecond: 60 }, 'for .gif it is 0.1 to 50'],
    ['clip.webp', { ...good, framesPerSecond: 0 }, 'for .webp it is 0.1 to 120'],
    ['clip.webp', { ...good, framesPerSecond: Number.NaN }, 'NaN frames per second'],
    ['clip.webp', { ...good, width: 20_000 }, 'whole numbers from 1 to 16383'],
    ['clip.gif', { ...good, height: 0 }, 'whole numbers from 1 to 65535'],
    ['clip.gif', { ...good, loop: -1 }, 'or 0 for endless'],
    ['nowhere/clip.gif', good, 'the folder to write into does not exist'],
    ['.', good, 'is not an animation'],
  ])('refuses before any work: %s %o', async (name, options, message) => {
    const folder = await temporaryFolder();
    await expect(createAnimation(join(folder, name), options)).rejects.toThrow(message);
  });

  it('refuses a folder as its file', async () => {
    const path = join(await temporaryFolder(), 'clip.gif');
    await mkdir(path);
    await expect(createAnimation(path, good)).rejects.toThrow('is a folder; a file is needed here');
  });

  it('refuses frames of another size, an empty animation, and frames after the end', async () => {
    const animation = await createAnimation(join(await temporaryFolder(), 'clip.gif'), good);
    await expect(animation.finish()).rejects.toThrow('at least one frame');
    await animation.add(frame(COLORS[0]));
    await expect(animation.add(frame(COLORS[1], { height: 5, width }))).rejects.toThrow(
      'frame 2 is 40x5; all frames of this animation are 40x24',
    );
    await animation.finish();
    await expect(animation.add(frame(COLORS[0]))).rejects.toThrow('finished or discarded already');
  });
});
