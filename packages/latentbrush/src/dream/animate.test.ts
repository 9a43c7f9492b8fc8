import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { crop, luminance, inColor, picture, resize, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { dreamFrames, dreamZoom, type DreamFrame, type ZoomOptions } from './animate.ts';
import type { DreamInput } from './options.ts';
import { dream, type DreamPictures } from './render.ts';

const backbone = tinyBackbone();
const photograph = noise(1, 3, 32, 30);
const quick: DreamInput = {
  layers: [{ layer: 'mixed0', coefficient: 1 }],
  octaves: 1,
  iterations: 2,
  maxLoss: 1e9,
};

async function collect(frames: AsyncIterable<DreamFrame>): Promise<DreamFrame[]> {
  const all: DreamFrame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

async function alone(source: Picture): Promise<Picture> {
  for await (const event of dream(backbone, source, quick)) if (event.type === 'done') return event.picture;
  throw new Error('the dream did not end');
}

async function* animation(...frames: Picture[]): AsyncGenerator<Picture> {
  for (const frame of frames) yield await Promise.resolve(frame);
}

const difference = (a: Picture, b: Picture): Float32Array => a.data.map((value, i) => value - b.data[i]!);

describe('a zoom into a dream', () => {
  const fall = (options: ZoomOptions, dreamOptions = quick, pictures?: DreamPictures, signal?: AbortSignal) =>
    collect(dreamZoom(backbone, photograph, options, dreamOptions, pictures, signal));

  it('has the given number of frames, all of the size of the picture', async () => {
    const frames = await fall({ frames: 4, zoom: 1.1 });
    expect(frames.map(({ frame, total }) => [frame, total])).toEqual([1, 2, 3, 4].map((frame) => [frame, 4]));
    for (const frame of frames) expect(frame.picture).toMatchObject({ channels: 3, height: 32, width: 30 });
  });

  it('dreams on the zoomed result of the frame before', async () => {
    const [first, second] = (await fall({ frames: 2, zoom: 1.25 })) as [DreamFrame, DreamFrame];
    expect(first.picture).toEqual(await alone(photograph));
    // 32 / 1.25 = 25.6, 30 / 1.25 = 24: the middle 26 rows and 24 columns
    const middle = resize(crop(first.picture, 3, 3, 26, 24), { height: 32, width: 30 });
    expect(second.picture).toEqual(await alone(middle));
  });

  it('without zoom dreams repeatedly at the same place', async () => {
    const [first, second] = (await fall({ frames: 2, zoom: 1 })) as [DreamFrame, DreamFrame];
    expect(second.picture).toEqual(await alone(first.picture));
  });

  it('draws other random numbers for each frame, the same in each run', async () => {
    const still = { ...quick, jitter: 8 };
    const frames = await fall({ frames: 3, zoom: 1 }, still);
    expect(await fall({ frames: 3, zoom: 1 }, still)).toEqual(frames);
    const again = dreamZoom(backbone, frames[0]!.picture, { frames: 1, zoom: 1 }, still);
    expect((await collect(again))[0]!.picture).not.toEqual(frames[1]!.picture);
  });

  it('keeps what is black in a mask', async () => {
    const [first] = (await fall({ frames: 1, zoom: 2 }, quick, { mask: picture(1, 3, 3) })) as [DreamFrame];
    expect(first.picture).toEqual(photograph);
  });

  it('ends after the last whole frame when it is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const frames = dreamZoom(backbone, photograph, { frames: 9, zoom: 1.1 }, quick, {}, controller.signal);
    for await (const { frame } of frames) {
      seen.push(frame);
      if (frame === 2) controller.abort();
    }
    expect(seen).toEqual([1, 2]);
  });

  it('aborted in its first frame, has that frame so far', async () => {
    const controller = new AbortController();
    const watched = {
      ...backbone,
      activations: (...given: Parameters<typeof backbone.activations>) => {
        setTimeout(() => controller.abort(), 50);
        return backbone.activations(...given);
      },
    };
    const options = { ...quick, iterations: 10_000, maxLoss: 1e30 };
    const frames = await collect(dreamZoom(watched, photograph, { frames: 3, zoom: 1.1 }, options, {}, controller.signal)); // prettier-ignore
    expect(frames.map(({ frame, total, reason }) => [frame, total, reason])).toEqual([[1, 3, 'aborted']]);
    expect(frames[0]!.picture.data).not.toEqual(photograph.data);
  });

  it('aborted before its first step has no frame', async () => {
    expect(await fall({ frames: 3, zoom: 1.1 }, quick, {}, AbortSignal.abort())).toEqual([]);
  });

  it.each<[ZoomOptions, string]>([
    [{ frames: 0, zoom: 1.1 }, 'option frames: 0 is not a number of frames; give 1 to 10000'],
    [{ frames: 2.5, zoom: 1.1 }, 'option frames: 2.5 '],
    [{ frames: 10_001, zoom: 1.1 }, 'option frames: 10001 '],
    [{ frames: 3, zoom: 0.9 }, 'option zoom: 0.9 is not possible; give 1 (no zoom) to 4, such as 1.05'],
    [{ frames: 3, zoom: 5 }, 'option zoom: 5 '],
    [{ frames: 3, zoom: Number.NaN }, 'option zoom: NaN '],
  ])('of %j is refused', async (options, message) => {
    await expect(fall(options)).rejects.toThrow(InputError);
    await expect(fall(options)).rejects.toThrow(message);
  });
});

describe('dreaming on an animation', () => {
  const [a, b] = [noise(3, 3, 32, 30), noise(4, 3, 32, 30)];
  const dreamAnimation = (frames: readonly Picture[], carry: number, options = quick) =>
    collect(dreamFrames(backbone, animation(...frames), carry, options));

  it('without carry dreams on each frame alone', async () => {
    const frames = await dreamAnimation([a, b], 0);
    expect(frames.map(({ frame, total }) => [frame, total])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
    expect(frames.map(({ picture: each }) => each)).toEqual([await alone(a), await alone(b)]);
  });

  it.each([1, 0.25])('carries over what the dream added to the frame before: carry %s', async (carry) => {
    const [first, second] = (await dreamAnimation([a, b], carry)) as [DreamFrame, DreamFrame];
    expect(first.picture).toEqual(await alone(a));
    const added = difference(first.picture, a);
    const start = { ...b, data: b.data.map((value, i) => value + carry * added[i]!) };
    expect(second.picture).toEqual(await alone(start));
  });

  it('continues the same dream where nothing moves, when all is carried over', async () => {
    const [first, second] = (await dreamAnimation([a, a], 1)) as [DreamFrame, DreamFrame];
    const far = (frame: DreamFrame): number =>
      difference(frame.picture, a).reduce((sum, value) => sum + Math.abs(value), 0);
    expect(far(second)).toBeGreaterThan(1.3 * far(first));
  });

  it('carries colours over to grey frames, too', async () => {
    const [greyA, greyB] = [luminance(a), luminance(b)];
    expect(await dreamAnimation([greyA, greyB], 1)).toEqual(
      await dreamAnimation([inColor(greyA), inColor(greyB)], 1),
    );
    const [, second] = (await dreamAnimation([greyA, greyB], 1)) as [DreamFrame, DreamFrame];
    const [red, green] = [second.picture.data.subarray(0, 960), second.picture.data.subarray(960, 1920)];
    expect(red).not.toEqual(green);
  });

  it('of frames of different size is refused, with both sizes', async () => {
    const work = dreamAnimation([a, noise(5, 3, 30, 32)], 0.5);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      'frame 2: it is 32x30, the one before 30x32; all frames must have the same size',
    );
  });

  it('of no frames is empty', async () => {
    expect(await dreamAnimation([], 1)).toEqual([]);
  });

  it.each([-0.1, 1.1, Number.NaN])('with a carry of %s is refused', async (carry) => {
    await expect(dreamAnimation([a], carry)).rejects.toThrow(
      `option carry: ${carry} is not possible; give 0 to 1`,
    );
  });

  it('closes its input when the caller stops early', async () => {
    let closed = false;
    async function* watched(): AsyncGenerator<Picture> {
      try {
        for (;;) yield await Promise.resolve(a);
      } finally {
        closed = true;
      }
    }
    for await (const { frame } of dreamFrames(backbone, watched(), 0, quick)) if (frame === 2) break;
    expect(closed).toBe(true);
  });
});
