import { z } from 'zod';
import { jobNamed, jobs } from '../../jobs/public.ts';

/** The description of a job for a form. */
export interface JobForm {
  readonly name: string;
  /** Its purpose, in a sentence. */
  readonly about: string;
  /** JSON Schema of its input files, runs and data sets. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** JSON Schema of its options: defaults, ranges, help. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** All jobs for forms: the schemas of their inputs and options. */
export async function jobForms(): Promise<JobForm[]> {
  const shown = Object.keys(jobs).map(async (name) => {
    const { about, inputs, options } = await jobNamed(name);
    return { name, about, inputs: asJsonSchema(inputs), options: asJsonSchema(options) };
  });
  return Promise.all(shown);
}

function asJsonSchema(schema: z.ZodObject): JobForm['options'] {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
