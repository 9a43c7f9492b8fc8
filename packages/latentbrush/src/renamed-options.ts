import { deprecate } from 'node:util';
import { z } from 'zod';
import { option, OptionError, words, type Words } from './words.ts';

/** Options that had other names in version 0.1: those names, and their names now. */
const RENAMED = [
  ['batch', 'batchSize'],
  ['latent', 'latentDim'],
  ['step', 'stride'], // between the windows of a text
  ['step', 'stepSize'], // of a dream
] as const;

type OldName = (typeof RENAMED)[number][0];
type NewName = (typeof RENAMED)[number][1];

/** The size of a batch by its name of version 0.1. */
export interface OldBatchName {
  /** @deprecated Use `batchSize`. */
  readonly batch?: number | undefined;
}

/** Options of training by their names of version 0.1. */
export interface OldNames extends OldBatchName {
  /** @deprecated Use `latentDim`. */
  readonly latent?: number | undefined;
}

/** The options of text training by their names of version 0.1. */
export interface OldTextNames extends OldBatchName {
  /** @deprecated Use `stride`. */
  readonly step?: number | undefined;
}

/** The options of dreams by their names of version 0.1. */
export interface OldDreamNames {
  /** @deprecated Use `stepSize`. */
  readonly step?: number | undefined;
}

/** Options by their names of this version. */
export interface NewlyNamed {
  readonly options: Readonly<Record<string, unknown>>;
  /** One for each option that was given by its old name. */
  readonly warnings: readonly RenameWarning[];
}

/** The warning that an option was given by its old name. */
export interface RenameWarning {
  readonly now: NewName;
  readonly words: Words;
}

/**
 * Options that were given by their old names, by their new ones. Only names that the options now have are mapped; others do not change.
 * @param schema of the current options
 * @param preset values by new names that a program can have spread before its own options: an old name replaces them
 * @throws OptionError if an option is given by both names
 */
export function newlyNamed(
  schema: z.ZodType,
  given: Readonly<Record<string, unknown>>,
  preset: Readonly<Record<string, unknown>> = {},
): NewlyNamed {
  const options = new Map(Object.entries(given));
  const warnings: RenameWarning[] = [];
  for (const [old, now] of renamedIn(schema)) {
    const value = options.get(old);
    options.delete(old);
    if (value === undefined) continue;
    const other = options.get(now);
    if (other !== undefined && other !== preset[now])
      throw new OptionError(
        words`${option(old)} and ${option(now)} are the same option; give only ${option(now)}`,
      );
    options.set(now, value);
    warnings.push({
      now,
      words: words`${option(old)} is now ${option(now)}; the next version removes the old name`,
    });
  }
  return { options: Object.fromEntries(options), warnings };
}

/** The same for programs that use the library: Node warns, once for each option. */
export function newNames(
  schema: z.ZodType,
  given: Readonly<Record<string, unknown>>,
  preset?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { options, warnings } = newlyNamed(schema, given, preset);
  for (const { now } of warnings) warnOf[now]();
  return options;
}

/**
 * A schema of options that also accepts their old names: `parse` maps them to the new ones, and Node warns, as `train` does. Only the
 * schema itself does so, not a schema derived from it, for example by `schema.extend`.
 * @param preset as for {@link newlyNamed}
 */
export function takingOldNames<Schema extends z.ZodObject>(
  schema: Schema,
  preset?: Readonly<Record<string, unknown>>,
): Schema {
  const run = schema._zod.run.bind(schema._zod);
  schema._zod.run = (payload, context) => {
    const given: unknown = payload.value;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return run(payload, context);
    try {
      return run({ ...payload, value: newNames(schema, given as Record<string, unknown>, preset) }, context);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      payload.issues.push({ code: 'custom', input: given, inst: schema, message: error.message });
      return payload;
    }
  };
  return schema;
}

/** By their new names: functions that make Node warn once of the old name. */
export const warnOf = Object.fromEntries(
  RENAMED.map(([old, now]) => [
    now,
    deprecate(
      () => undefined,
      `option ${old} is now option ${now}; the next version removes the old name`,
      `LATENTBRUSH_option_${now}`,
    ),
  ]),
) as unknown as Readonly<Record<NewName, () => void>>;

/** Options as stored in runs, also by old names, without a warning. */
export function storedOptions<Schema extends z.ZodObject>(schema: Schema): z.ZodType<z.output<Schema>> {
  return z.preprocess((stored) => byNewNames(schema, stored), schema);
}

function byNewNames(schema: z.ZodObject, stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return stored;
  const options = new Map(Object.entries(stored));
  for (const [old, now] of renamedIn(schema)) {
    if (!options.has(old) || options.has(now)) continue; // with both, the run is damaged
    options.set(now, options.get(old));
    options.delete(old);
  }
  return Object.fromEntries(options);
}

/** The renamed options of a schema: old name, new name. */
export function renamedIn(schema: z.ZodType): readonly (readonly [OldName, NewName])[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return RENAMED.filter(
    ([old, now]) => Object.hasOwn(schema.shape, now) && !Object.hasOwn(schema.shape, old),
  );
}
