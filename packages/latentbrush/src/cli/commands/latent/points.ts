import { InputError } from '@latentbrush/engine';
import { isPointFile, type PointRequest } from '../../../jobs/latent/points.ts';
import type { LatentName } from './flags.ts';

/** What a point of the latent space can be given as, for help texts. */
export const POINT_HELP: Readonly<Record<LatentName, string>> = {
  vae: 'a picture file; "#12" or "#smiling face", a picture of the data set by number or words; "seed:7", a random point; numbers, as "0.5,-1"; or a .json file of vae encode or vae sample --json',
  gan: 'points, each by the seed it is drawn with, as 7; as numbers, "0.5,-1,..."; or a .json file of gan sample --json',
};

/** Points as a job takes them. */
export interface GivenPoints {
  readonly points: PointRequest[];
  /** Files that they name. */
  readonly files: string[];
}

/**
 * The points that arguments mean.
 * @throws InputError when one means none
 */
export function pointsGiven(args: readonly string[], system: LatentName): GivenPoints {
  const files: string[] = [];
  const points = args.map((arg) => pointGiven(arg.trim(), system, files));
  return { points, files };
}

function pointGiven(argument: string, system: LatentName, files: string[]): PointRequest {
  const [, seed] = /^seed:(.*)$/.exec(argument) ?? [];
  if (seed !== undefined) return { seed: seedOfPoint(seed) };
  // A space of one dimension is one that a VAE can have.
  if (system === 'gan' && /^\d{1,15}$/.test(argument)) return { seed: Number(argument) };
  if (/^[-+.\d]/.test(argument) && argument.split(',').every(isNumber))
    return { values: argument.split(',').map(Number) };
  if (system === 'vae' && argument.startsWith('#')) return { words: argument.slice(1) };
  if (system === 'gan' && !isPointFile(argument))
    throw new InputError(
      `"${argument}": is not a seed; give whole numbers, as: 7 12 3, or the numbers of a point, as 0.5,-1, or a .json file of points`,
    );
  return { file: files.push(argument) - 1 };
}

function seedOfPoint(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InputError(`seed:${text}: a whole number from 0 on is needed after seed:, as seed:7`);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Math.fround(Number(text)));
}
