import { InputError, Random } from '@latentbrush/engine';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { matching, pictureAt } from '../../data/index.ts';
import { readPicture } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { takenFirst } from '../film-source.ts';
import type { OpenedRun } from './open-run.ts';
import { readPoints } from './read-points.ts';

/** A point of a latent space, as it is asked for. */
export const pointSchema = z.union([
  z.strictObject({ seed: z.int().min(0) }).describe('the point that a seed draws'),
  z.strictObject({ values: z.array(z.number()).min(1).max(65_536) }).describe('its coordinates'),
  z
    .strictObject({ words: z.string() })
    .describe('of a picture of the data set: its number, or words of its name'),
  z
    .strictObject({ file: z.int().min(0) })
    .describe('the file of this place among the inputs, from 0: a picture, or points as JSON'),
]);

/** A point of a latent space, as it is asked for. */
export type PointRequest = z.output<typeof pointSchema>;

/** Points that a job takes. */
export const pointsOption = z.array(pointSchema).describe('the points, in their order');

/** Files of points that a job takes. */
export const pointsInput = z
  .array(z.string())
  .optional()
  .describe('files that points are taken from: pictures, or points as JSON (.json)');

/** What a job is asked that takes points. */
export interface PointsRequest {
  readonly inputs: { readonly files?: readonly string[] | undefined };
  readonly options: { readonly points: readonly PointRequest[] };
}

/**
 * The points that are asked for. A file may hold several.
 * @throws InputError when one is none of this latent space
 */
export async function pointsOf({ inputs, options }: PointsRequest, run: OpenedRun): Promise<Point[]> {
  const points: Point[] = [];
  for (const point of options.points) points.push(...(await found(point, inputs.files ?? [], run)));
  return points;
}

/** The point that a seed draws: the same in every job on a run. */
export function pointOfSeed(seed: number, { model }: Pick<OpenedRun, 'model'>): Point {
  return model.draw(new Random(seed), 1)[0]!;
}

async function found(point: PointRequest, files: readonly string[], run: OpenedRun): Promise<Point[]> {
  const { latent } = run.model.form;
  if ('seed' in point) return [pointOfSeed(point.seed, run)];
  if ('values' in point) return [checked(Float32Array.from(point.values), point.values.join(','), latent)];
  if ('words' in point) return [await pointOfDataset(point.words, run)];
  const path = files[point.file];
  if (path === undefined)
    throw new InputError(`points: file ${point.file} was given; there are ${files.length}, from 0`);
  if (isPointFile(path)) {
    const read = await readPoints(path, run.system.name);
    return read.map((each) => checked(each, path, latent));
  }
  return [await pointOfPicture(path, run)];
}

/** Whether a file holds points, not a picture. */
export function isPointFile(path: string): boolean {
  return path.toLowerCase().endsWith('.json');
}

async function pointOfPicture(path: string, run: OpenedRun): Promise<Point> {
  const { fitted, encode } = encoderOf(run, path);
  const note = await takenFirst(path);
  if (note !== undefined) await run.work.report.note(note);
  const [point] = await encode([fitted(await readPicture(path))]);
  return point!;
}

async function pointOfDataset(query: string, run: OpenedRun): Promise<Point> {
  const { encode } = encoderOf(run, `#${query}`);
  const dataset = await run.dataset();
  const index = isNumber(query) ? Number(query) : matching(dataset, query)[0];
  if (index === undefined) throw new InputError(`#${query}: no picture of ${dataset.name} is called so`);
  const [point] = await encode([pictureAt(dataset, index)]);
  return point!;
}

function encoderOf({ model, system }: OpenedRun, what: string): NonNullable<OpenedRun['model']['encoder']> {
  if (model.encoder !== undefined) return model.encoder;
  throw new InputError(
    `${what}: a ${system.name.toUpperCase()} cannot find the point of a picture; give a seed, numbers, or a .json file of points`,
  );
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Math.fround(Number(text)));
}

function checked(point: Point, name: string, latent: number): Point {
  if (point.length === latent) return point;
  throw new InputError(
    `${name}: has ${counted(point.length, 'number')}; the latent space of this run has ${counted(latent, 'dimension')}`,
  );
}
