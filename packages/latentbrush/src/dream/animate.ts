import { InputError } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import { crop, inColor, resize, type Picture } from '../image/index.ts';
import { afterOptions, type Stoppable } from '../options.ts';
import type { OldDreamNames } from '../renamed-options.ts';
import type { DreamInput } from './options.ts';
import { Dream, type DreamPictures } from './render.ts';
import { option, OptionError, words } from '../words.ts';

/** One picture of an animation. */
export interface DreamFrame {
  /** From 1. */
  readonly frame: number;
  /** Undefined when the frames come from a stream of unknown length. */
  readonly total: number | undefined;
  readonly picture: Picture;
  /** `aborted` when the first frame is incomplete; later frames are always complete. */
  readonly reason: 'finished' | 'aborted';
  /** Number of steps done. */
  readonly steps: number;
  /** Whether the gradient was 0 everywhere in every step. */
  readonly flat: boolean;
}

/** A zoom into a dream. */
export interface ZoomOptions {
  readonly frames: number;
  /** Factor by which each frame is enlarged: 1.05 is 5 %. */
  readonly zoom: number;
}

/**
 * @throws InputError when a value is out of range
 */
export function checkZoom({ frames, zoom }: ZoomOptions): void {
  if (!Number.isInteger(frames) || frames < 1 || frames > 10_000)
    throw new OptionError(words`${option('frames')}: ${frames} is not a number of frames; give 1 to 10000`);
  if (!(zoom >= 1 && zoom <= 4))
    throw new OptionError(
      words`${option('zoom')}: ${zoom} is not possible; give 1 (no zoom) to 4, such as 1.05`,
    );
}

/**
 * @throws InputError when the share is not from 0 to 1
 */
export function checkCarry(carry: number): void {
  if (!(carry >= 0 && carry <= 1))
    throw new OptionError(words`${option('carry')}: ${carry} is not possible; give 0 to 1`);
}

/**
 * Dreams, enlarges the result, dreams on that, and so on.
 * @param options usually with few `octaves` and `iterations`, since each frame adds to the last
 * @param options.signal ends after the current step, with the complete frames; during the first frame, with
 * that frame as it is
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not fit or the picture is too small
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const cat = await image.readPicture('cat.jpg');
 * const zoom = { frames: 2, zoom: 1.05 };
 * for await (const { frame, picture } of dream.dreamZoom(network, cat, zoom, { octaves: 1, iterations: 1 }))
 *   await image.writePicture(`zoom-${frame}.png`, picture);
 */
export async function* dreamZoom(
  backbone: Backbone,
  picture: Picture,
  { frames, zoom }: ZoomOptions,
  options: DreamInput & OldDreamNames & Stoppable = {},
  pictures: DreamPictures = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<DreamFrame, void, undefined> {
  checkZoom({ frames, zoom });
  const prepared = await Dream.prepare(backbone, options, pictures);
  yield* zoomFrames(prepared, picture, { frames, zoom }, afterOptions(deprecatedSignal));
}

/** The frames of {@link dreamZoom}, with values that are already checked. Frees the dream at the end. */
export async function* zoomFrames(
  prepared: Dream,
  picture: Picture,
  { frames, zoom }: ZoomOptions,
  signal?: AbortSignal,
): AsyncGenerator<DreamFrame, void, undefined> {
  try {
    let current = picture;
    for (let frame = 1; frame <= frames; frame++) {
      const dreamed = await rendered(prepared, current, frame, signal);
      if (dreamed === undefined) return;
      yield { ...dreamed, frame, total: frames };
      if (dreamed.reason === 'aborted') return;
      current = nearer(dreamed.picture, zoom);
    }
  } finally {
    await prepared.release();
  }
}

/**
 * Dreams on the frames of an animation. Each frame starts with a share of what the dream added to the frame
 * before, against flicker: frameₜ + carry · (dreamₜ₋₁ - frameₜ₋₁).
 * @param frames pictures of one size
 * @param carry 0 (each frame by itself) to 1
 * @param options.signal as for {@link dreamZoom}
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options are wrong or the sizes of frames differ
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const animation = data.readFrames(await data.findFrames('frames'));
 * for await (const { frame, picture } of dream.dreamFrames(network, animation, 0.5, { octaves: 1, iterations: 1 }))
 *   await image.writePicture(`dream-${frame}.png`, picture);
 */
export async function* dreamFrames(
  backbone: Backbone,
  frames: AsyncIterable<Picture>,
  carry: number,
  options: DreamInput & OldDreamNames & Stoppable = {},
  pictures: DreamPictures = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<DreamFrame, void, undefined> {
  checkCarry(carry);
  yield* carriedFrames(
    await Dream.prepare(backbone, options, pictures),
    frames,
    carry,
    afterOptions(deprecatedSignal),
  );
}

/** The frames of {@link dreamFrames}, with values that are already checked. Frees the dream at the end. */
export async function* carriedFrames(
  prepared: Dream,
  frames: AsyncIterable<Picture>,
  carry: number,
  signal?: AbortSignal,
): AsyncGenerator<DreamFrame, void, undefined> {
  try {
    let added: Picture | undefined;
    let frame = 0;
    for await (const picture of frames) {
      frame += 1;
      if (added !== undefined && (added.height !== picture.height || added.width !== picture.width)) {
        throw new InputError(
          `frame ${frame}: it is ${picture.width}x${picture.height}, the one before ${added.width}x${added.height}; all frames must have the same size`,
        );
      }
      const start = added === undefined ? picture : plus(inColor(picture), added, carry);
      const dreamed = await rendered(prepared, start, frame, signal);
      if (dreamed === undefined) return;
      yield { ...dreamed, frame, total: undefined };
      if (dreamed.reason === 'aborted') return;
      added = plus(dreamed.picture, inColor(picture), -1);
    }
  } finally {
    await prepared.release();
  }
}

// An aborted frame is left out, unless it is the only one: then it is yielded unfinished.
async function rendered(
  dream: Dream,
  picture: Picture,
  frame: number,
  signal: AbortSignal | undefined,
): Promise<Pick<DreamFrame, 'picture' | 'reason' | 'steps' | 'flat'> | undefined> {
  for await (const event of dream.render(picture, { signal, name: `frame ${frame}` })) {
    if (event.type !== 'done') continue;
    const { reason, flat, steps } = event;
    if (reason === 'finished' || (frame === 1 && steps > 0))
      return { picture: event.picture, reason, steps, flat };
  }
  return undefined;
}

function nearer(picture: Picture, zoom: number): Picture {
  const { height, width } = picture;
  const rows = Math.max(1, Math.round(height / zoom));
  const columns = Math.max(1, Math.round(width / zoom));
  const part = crop(picture, (height - rows) >> 1, (width - columns) >> 1, rows, columns);
  return resize(part, { height, width });
}

// For pictures of one size and three channels.
function plus(a: Picture, b: Picture, factor: number): Picture {
  const data = new Float32Array(a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = a.data[i]! + factor * b.data[i]!;
  return { ...a, data };
}
