import { InputError } from '@latentbrush/engine';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  fitWithin,
  montage,
  picture,
  readPicture,
  readRecipe,
  writePicture,
  type Picture,
  type Recipe,
} from '../image/index.ts';
import { words, wordsOf } from '../words.ts';
import type { Job, JobInputs, JobRequest, JobWork } from './job.ts';
import { checkTarget } from './target-file.ts';
import { cellsOf, labelOf, type Cell, type Variations } from './vary.ts';

/** Longest side of a cell on the sheet, in pixels. The picture may have been made larger. */
const CELL_SIDE = 512;

/** On the sheet in place of a cell that could not be made: a point of its background. */
const EMPTY: Picture = picture(3, 1, 1, new Float32Array(3).fill(24));

/** Cells in a row when only one option is varied. */
const ROW = 8;

/** The job of a sheet of variations. */
export interface VariedJob {
  readonly options: z.ZodObject;
  /** The request for a cell. */
  readonly cell: (cell: Cell) => Pick<JobRequest, 'inputs' | 'options'>;
  readonly run: Job['run'];
}

/** A cell whose turn has come. */
interface TriedCell {
  readonly cell: Cell;
  readonly picture: Picture | undefined;
  readonly recipe: Recipe | undefined;
  /** Why there is no picture. */
  readonly error?: InputError | undefined;
}

/**
 * Runs a job once for each cell and writes one labelled sheet. Cells whose values do not fit the inputs stay empty. When aborted, the sheet
 * shows the complete cells.
 * @param seed the seed of the request
 * @throws InputError when no cell can be made
 */
export async function makeVariations(
  job: VariedJob,
  { vary, output, seed }: { readonly vary: Variations; readonly output: string; readonly seed: number },
  work: JobWork,
): Promise<void> {
  const { report, signal } = work;
  const cells = cellsOf(vary, job.options);
  const until = vary.stoppedAt?.cell ?? cells.length;
  await checkTarget(output);
  const tried: TriedCell[] = [];
  for await (const each of tryCells(job, cells.slice(0, until), cells.length, work)) {
    tried.push(each);
    const { cell, error } = each;
    const label = labelOf(cell);
    await report.progress(tried.length, cells.length, label);
    const reason = error === undefined ? {} : { reason: wordsOf(error) };
    const data = { type: 'cell', index: tried.length, total: cells.length, options: cell, ...reason };
    await report.sample(data, undefined, each.picture === undefined ? {} : { [label]: each.picture });
  }
  if (tried.length === 0) signal.throwIfAborted();
  const [failed] = tried.flatMap(({ error }) => error ?? []);
  if (failed !== undefined && tried.every(({ error }) => error !== undefined)) throw failed;
  for (const { cell, error } of tried)
    if (error !== undefined) await report.leftOut(labelOf(cell), words`${labelOf(cell)}: ${wordsOf(error)}`);
  const columns = vary.axes.length === 1 ? ROW : (vary.axes[0]?.values.length ?? 1);
  const sheet = montage(
    tried.map((each) => each.picture ?? EMPTY),
    { columns, labels: tried.map(({ cell }) => labelOf(cell)) },
  );
  const stoppedAt = tried.length < cells.length ? { cell: tried.length } : undefined;
  const recipe = sheetRecipe(tried, { ...vary, stoppedAt }, seed);
  await writePicture(output, sheet, recipe === undefined ? {} : { recipe });
  const reached = tried.length < until ? `${tried.length} of ${cells.length} pictures` : undefined;
  await report.done({ path: output, reached });
}

/** Makes the cells, one after the other, until it is aborted. */
async function* tryCells(
  job: VariedJob,
  cells: readonly Cell[],
  total: number,
  work: JobWork,
): AsyncGenerator<TriedCell, void, undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  try {
    const said = new Set<string>();
    for (const [index, cell] of cells.entries()) {
      const path = join(folder, `${index}.png`);
      try {
        if (!(await makeCell(job, cell, { path, index, total }, { ...work, said }))) return;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        yield { cell, picture: undefined, recipe: undefined, error };
        continue;
      }
      yield { cell, picture: fitWithin(await readPicture(path), CELL_SIDE), recipe: await readRecipe(path) };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The work of a cell's job, without messages that an earlier cell printed already. */
interface CellWork extends JobWork {
  readonly said: Set<string>;
}

/**
 * Makes the picture of a cell.
 * @returns false when it was aborted: then it is not complete
 */
async function makeCell(
  job: VariedJob,
  cell: Cell,
  { path, index, total }: { readonly path: string; readonly index: number; readonly total: number },
  { report, signal, dataDir, offline, said }: CellWork,
): Promise<boolean> {
  const isAborted = (): boolean => signal.aborted;
  if (isAborted()) return false;
  const label = labelOf(cell);
  const request = { ...job.cell(cell), output: path };
  const files = { inputs: pathsOf(request.inputs), targets: [], allowed: false };
  try {
    for await (const event of job.run(request, { signal, dataDir, offline, files })) {
      if (event.type === 'progress') {
        const share = Math.round((100 * event.done) / Math.max(1, event.total)) / 100;
        await report.progress(index + Math.min(share, 0.99), total, label);
      } else if (event.type === 'note' || event.type === 'warning') {
        const text = event.words.written();
        if (said.has(text)) continue;
        said.add(text);
        if (event.type === 'warning') await report.warning(event.words, event.data);
        else await report.note(words`${label}: ${event.words}`);
      } else if (event.type === 'done' && event.reason === 'aborted') return false;
    }
  } catch (error) {
    if (isAborted()) return false;
    throw error;
  }
  return true;
}

function pathsOf(inputs: JobInputs): string[] {
  return Object.values(inputs)
    .flat()
    .filter((value) => typeof value === 'string');
}

/**
 * The recipe of a sheet: the common part of the recipes of its cells. The rest is varied, or depends on a varied option; the job
 * finds it again.
 */
function sheetRecipe(tried: readonly TriedCell[], vary: Variations, seed: number): Recipe | undefined {
  const recipes = tried.filter(({ error }) => error === undefined).map(({ recipe }) => recipe);
  const [first] = recipes;
  if (first === undefined) return undefined;
  const agreed = Object.entries(first.options).filter(([name, value]) =>
    recipes.every((recipe) => JSON.stringify(recipe?.options[name]) === JSON.stringify(value)),
  );
  return { ...first, seed, options: { ...Object.fromEntries(agreed), vary } };
}
