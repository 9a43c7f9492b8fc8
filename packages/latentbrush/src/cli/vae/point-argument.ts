import { InputError, Random } from '@latentbrush/engine';
import { counted } from '../../counted.ts';
import { z } from 'zod';
import { matching, pictureAt } from '../../data/index.ts';
import { readJsonFile } from '../../files/json-file.ts';
import { readPicture } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { noteFirst } from '../film-flags.ts';
import type { VaeSession } from './session.ts';

/** What a point of the latent space can be given as, for help texts. */
export const POINT_HELP =
  'a picture file; "#12" or "#smiling face", a picture of the data set by number or words; "seed:7", a random point; numbers, as "0.5,-1"; or a .json file of vae encode';

const pointFile = z.object({ mean: z.array(z.float32()).min(1) });

/**
 * The point of the latent space that an argument means.
 * @throws InputError when it means none
 */
export async function pointOf(given: string, session: VaeSession): Promise<Point> {
  const argument = given.trim();
  const { vae } = session;
  const { latent } = vae.model.architecture;
  if (/^[-+.\d]/.test(argument) && argument.split(',').every((part) => isNumber(part)))
    return checked(Float32Array.from(argument.split(','), Number), argument, latent);
  const [, seed] = /^seed:(.*)$/.exec(argument) ?? [];
  if (seed !== undefined) return vae.draw(new Random(seedOfPoint(seed)), 1)[0]!;
  if (argument.startsWith('#')) return pointOfDataset(argument.slice(1), session);
  if (argument.toLowerCase().endsWith('.json')) return checked(await readPoint(argument), argument, latent);
  await noteFirst(argument, session.output);
  const [encoded] = await vae.encode([vae.fitted(await readPicture(argument))]);
  return encoded!.mean;
}

async function pointOfDataset(query: string, session: VaeSession): Promise<Point> {
  const dataset = await session.dataset();
  const index = isNumber(query) ? Number(query) : matching(dataset, query)[0];
  if (index === undefined) throw new InputError(`#${query}: no picture of ${dataset.name} is called so`);
  const [encoded] = await session.vae.encode([pictureAt(dataset, index)]);
  return encoded!.mean;
}

function seedOfPoint(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InputError(`seed:${text}: a whole number from 0 on is needed after seed:, as seed:7`);
}

async function readPoint(path: string): Promise<Point> {
  const found = pointFile.safeParse(await readJsonFile(path));
  if (!found.success) throw new InputError(`${path}: holds no point; make one with: latentbrush vae encode`);
  return Float32Array.from(found.data.mean);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Math.fround(Number(text)));
}

function checked(point: Point, argument: string, latent: number): Point {
  if (point.length === latent) return point;
  throw new InputError(
    `${argument}: has ${counted(point.length, 'number')}; the latent space of this run has ${counted(latent, 'dimension')}`,
  );
}
