import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import type { Recipe } from '../image/index.ts';
import { inPlainWords } from '../option-words.ts';
import { newlyNamed } from '../renamed-options.ts';
import type { Job, JobRequest } from './job.ts';
import { fromOldRecipe } from './old-recipes.ts';
import { filesOfRole } from './recipe-inputs.ts';
import { jobNamed } from './registry.ts';

/** A job to run again. */
export interface RemadeRequest {
  readonly job: Job;
  readonly request: JobRequest;
}

/**
 * The job that a recipe records, ready to run again. A recipe is untrusted, so all of it is checked.
 * @param paths paths of its inputs, in order
 * @param output the path of the new file
 * @throws InputError when there is no such job, an option is wrong, or an input is missing
 */
export async function remadeRequest(
  made: Recipe,
  paths: readonly string[],
  output: string,
): Promise<RemadeRequest> {
  const { job, options: recorded } = await recordedJob(made);
  const { options: named } = newlyNamed(job.options, recorded);
  const options = parseRecorded(recordedOptions(job), { ...named, seed: made.seed });
  const inputs = Object.fromEntries(
    Object.entries<z.ZodType>(job.inputs.shape).flatMap(([role, schema]) => {
      const files = filesOfRole(made.options.roles, role, paths);
      if (files.length === 0) return [];
      return [[role, isList(schema) ? files : files[0]]];
    }),
  );
  if (inputs.backbone !== undefined) delete inputs.weights; // version 0.1.0 recorded both, and used one
  const complete = job.inputs.safeParse(inputs);
  if (!complete.success) {
    const missing = complete.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new InputError(
      `remake: the recipe does not name all inputs (${missing}); repeat the command that made the file`,
    );
  }
  return { job, request: { inputs, options, output } };
}

/**
 * The job that made a file, and the options that its recipe records.
 * @throws InputError when there is no such job
 */
export async function recordedJob(
  made: Recipe,
): Promise<{ readonly job: Job; readonly options: Recipe['options'] }> {
  const { job, options } = made.job === undefined ? fromOldRecipe(made) : { ...made, job: made.job };
  return { job: await jobNamed(job.replace(/-film$/, '-animation')), options }; // as they were called between 0.1.0 and this version
}

// Options that only choose additional output files are neither recorded nor read.
function recordedOptions(job: Job): z.ZodObject {
  const shape = Object.entries<z.ZodType>(job.options.shape).filter(
    ([, schema]) => schema.meta()?.recorded !== false,
  );
  return z.object(Object.fromEntries(shape));
}

function isList(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return isList(schema.def.innerType);
  return schema instanceof z.ZodArray;
}

/**
 * Options of a recipe, checked.
 * @throws InputError naming the wrong option
 */
export function parseRecorded<S extends z.ZodType>(schema: S, options: unknown, name?: string): z.output<S> {
  const result = schema.safeParse(options, { error: inPlainWords });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = [...(name === undefined ? [] : [name]), ...(issue?.path ?? [])].join('.');
  throw new InputError(`remake: the recipe does not fit this version (${at}: ${issue?.message ?? ''})`);
}
