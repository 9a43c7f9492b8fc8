import { z } from 'zod';

/** Some options of a schema, all optional: an option that is left out stays the same. */
export type Changes<Options extends z.ZodObject, Name extends keyof z.output<Options> & string> = z.ZodObject<
  { [N in Name]: z.ZodOptional<z.ZodType<z.output<Options>[N]>> },
  z.core.$strict
>;

/**
 * The options for continuing a training, without their defaults.
 * @param names names of the options that can change
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
