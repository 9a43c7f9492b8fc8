import { InputError, Random } from '@latentbrush/engine';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { matching, pictureAt } from '../../data/index.ts';
import { readPicture } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { takenFirst } from '../animation-source.ts';
import type { OpenedRun } from './open-run.ts';
import { readPoints } from './read-points.ts';

/** A point of a latent space in a request. */
export const pointSchema = z.union([
  z.strictObject({ seed: z.int().min(0) }).describe('the point that a seed draws'),
  z.strictObject({ values: z.array(z.number()).min(1).max(65_536) }).describe('its coordinates'),
  z
    .strictObject({ words: z.string() })
    .describe('a picture of the data set: its number, or words of its name'),
  z
    .strictObject({
      file: z.int().min(0),
      number: z.int().min(1).optional().describe('only this point of the file, counted from 1'),
    })
    .describe('index of an input file, from 0: a picture, or points as JSON'),
]);

/** A point of a latent space in a request. */
export type PointRequest = z.output<typeof pointSchema>;

/** Points as options of a job. */
export const pointsOption = z.array(pointSchema).describe('the points, in order');

/** Files of points as inputs of a job. */
export const pointsInput = z
  .array(z.string())
  .optional()
  .describe('files with points: pictures, or points as JSON (.json)');

/** The request of a job with points. */
export interface PointsRequest {
  readonly inputs: { readonly files?: readonly string[] | undefined };
  readonly options: { readonly points: readonly PointRequest[] };
}

/** A point, and a request for only that point. */
export interface FoundPoint {
  readonly point: Point;
  readonly asked: PointRequest;
}

/**
 * The points of a request. A file may contain several.
 * @throws InputError when one does not belong to this latent space
 */
export async function pointsOf(request: PointsRequest, run: OpenedRun): Promise<Point[]> {
  return (await foundPoints(request, run)).map(({ point }) => point);
}

/**
 * The requested points, each with a request for only that point: in a file with several points, its number.
 * @throws InputError when one does not belong to this latent space
 */
export async function foundPoints({ inputs, options }: PointsRequest, run: OpenedRun): Promise<FoundPoint[]> {
  const all: FoundPoint[] = [];
  for (const asked of options.points) {
    const points = await found(asked, inputs.files ?? [], run);
    const isOfSeveral = 'file' in asked && points.length > 1;
    points.forEach((point, index) =>
      all.push({ point, asked: isOfSeveral ? { ...asked, number: index + 1 } : asked }),
    );
  }
  return all;
}

/** The random point of a seed: the same in every job on a run. */
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
    throw new InputError(
      `points: file ${point.file} was given; there are ${files.length} files, counted from 0`,
    );
  if (isPointFile(path)) {
    const read = (await readPoints(path, run.system.name)).map((each) => checked(each, path, latent));
    return point.number === undefined ? read : [numbered(read, point.number, path)];
  }
  return [await pointOfPicture(path, run)];
}

function numbered(points: readonly Point[], number: number, path: string): Point {
  const point = points[number - 1];
  if (point !== undefined) return point;
  throw new InputError(`${path}: point ${number} was requested; it has ${counted(points.length, 'point')}`);
}

/** Whether a file contains points, not a picture. */
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
  if (index === undefined) throw new InputError(`#${query}: ${dataset.name} has no picture with this name`);
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
