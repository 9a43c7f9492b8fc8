import { InputError } from '@latentbrush/engine';
import { extname } from 'node:path';
import { flagOf } from '../../../options.ts';

/** The kinds of results of `latentbrush dream`, with the flags or input that choose each. */
const MODES = {
  picture: 'one picture',
  exploration: 'an exploration (--explore)',
  zoom: 'a zoom (--zoom, --frames)',
  frames: 'the frames of an animation (a folder, a GIF or a WebP)',
} as const;

/** The kind of result of `latentbrush dream`. */
export type DreamMode = keyof typeof MODES;

/** The flags that apply only in some modes; all others apply in every mode. */
const FLAGS_OF_MODES: Readonly<Record<string, readonly DreamMode[]>> = {
  explore: ['exploration'],
  zoom: ['zoom'],
  frames: ['zoom'],
  fps: ['zoom', 'frames'],
  carry: ['frames'],
  frame: ['picture', 'exploration', 'zoom'],
  saveOctaves: ['picture'],
  vary: ['picture'],
};

/** Pairs of flags: with the second, the first has no effect. */
const OVERRULED: readonly (readonly [flag: string, by: string, why: string])[] = [
  ['size', 'noise', '--noise already gives the size'],
  ['objective', 'guide', 'the dream follows the guide, with any objective'],
  ['saveOctaves', 'vary', 'only the sheet is written'],
];

/**
 * The mode that the flags select.
 * @param isAnimated whether the input is a folder or an animation
 */
export function modeOf(given: Readonly<Record<string, unknown>>, isAnimated: boolean): DreamMode {
  if (given.explore !== undefined) return 'exploration';
  if (given.zoom !== undefined || given.frames !== undefined) return 'zoom';
  return isAnimated && given.frame === undefined ? 'frames' : 'picture';
}

/**
 * Refuses flags that have no effect.
 * @param given the flags by property
 * @param output the path of the result, if known
 * @throws InputError naming the flag
 */
export function refuseIdleFlags(
  given: Readonly<Record<string, unknown>>,
  mode: DreamMode,
  output: string | undefined,
): void {
  for (const [property, modes] of Object.entries(FLAGS_OF_MODES)) {
    if (given[property] === undefined || modes.includes(mode)) continue;
    const wanted = modes.map((each) => MODES[each]).join(' or ');
    throw new InputError(`${flagOf(property)}: works with ${wanted}, not with ${MODES[mode]}; leave it out`);
  }
  for (const [property, by, why] of OVERRULED) {
    if (given[property] !== undefined && given[by] !== undefined)
      throw new InputError(`${flagOf(property)}: changes nothing with ${flagOf(by)}: ${why}; leave it out`);
  }
  const intoFolder = output === undefined ? mode === 'frames' : extname(output) === '';
  if (given.fps !== undefined && intoFolder) {
    throw new InputError(
      '--fps: pictures in a folder have no speed; leave it out, or write to .gif, .webp or .mp4 with -o',
    );
  }
}
