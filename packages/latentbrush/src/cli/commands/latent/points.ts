import { InputError } from '@latentbrush/engine';
import { isPointFile, type PointRequest } from '../../../jobs/latent/points.ts';
import type { LatentName } from './flags.ts';

/** The forms in which a point of the latent space can be given, for help texts. */
export const POINT_HELP: Readonly<Record<LatentName, string>> = {
  vae: 'a picture file; a picture of the data set by number or words ("#12", "#smiling face"); a random point ("seed:7"); numbers ("0.5,-1"); or a .json file of vae encode or vae sample --json',
  gan: 'points: seeds of random points, such as 7; numbers, such as "0.5,-1,..."; or a .json file of gan sample --json',
};

/** Points in the form for a job. */
export interface GivenPoints {
  readonly points: PointRequest[];
  /** The files that the points name. */
  readonly files: string[];
}

/**
 * The points that arguments describe.
 * @throws InputError when an argument is not a point
 */
export function pointsGiven(args: readonly string[], system: LatentName): GivenPoints {
  const files: string[] = [];
  const points = args.map((arg) => pointGiven(arg.trim(), system, files));
  return { points, files };
}

function pointGiven(argument: string, system: LatentName, files: string[]): PointRequest {
  const [, seed] = /^seed:(.*)$/.exec(argument) ?? [];
  if (seed !== undefined) return { seed: seedOfPoint(seed) };
  // A VAE can have a space of one dimension.
  if (system === 'gan' && /^\d{1,15}$/.test(argument)) return { seed: Number(argument) };
  if (/^[-+.\d]/.test(argument) && argument.split(',').every(isNumber))
    return { values: argument.split(',').map(Number) };
  if (system === 'vae' && argument.startsWith('#')) return { words: argument.slice(1) };
  if (system === 'gan' && !isPointFile(argument))
    throw new InputError(
      `"${argument}": is not a seed; give whole numbers (7 12 3), the numbers of a point (0.5,-1) or a .json file of points`,
    );
  return { file: files.push(argument) - 1 };
}

function seedOfPoint(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InputError(`seed:${text}: a whole number of at least 0 is needed after seed:, such as seed:7`);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Math.fround(Number(text)));
}
