import { z } from 'zod';

/** Some options of a schema, each of which may be left out: then it stays as it was. */
export type Changes<Options extends z.ZodObject, Name extends keyof z.output<Options> & string> = z.ZodObject<
  { [N in Name]: z.ZodOptional<z.ZodType<z.output<Options>[N]>> },
  z.core.$strict
>;

/**
 * The options that a training may be continued with, without their defaults.
 * @param names of those that may differ from before
 */
export function changesOf<Options extends z.ZodObject, Name extends keyof z.output<Options> & string>(
  options: Options,
  names: readonly Name[],
): Changes<Options, Name> {
  const shape = names.map((name) => {
    const schema = options.shape[name] as z.ZodType;
    const { description = '' } = schema;
    const type = (schema instanceof z.ZodDefault ? schema.unwrap() : schema) as z.ZodType;
    return [name, type.optional().describe(description)] as const;
  });
  return z.strictObject(Object.fromEntries(shape)) as unknown as Changes<Options, Name>;
}
