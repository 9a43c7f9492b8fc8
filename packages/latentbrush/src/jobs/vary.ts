import { z } from 'zod';
import { option, OptionError, words } from '../words.ts';

/** Maximum number of cells of a sheet. */
const MOST_CELLS = 64;

/** The option of every job that makes a picture: makes a sheet of small pictures instead, over the values of one or two options. */
export const varyOption = {
  vary: z
    .strictObject({
      axes: z
        .array(z.strictObject({ option: z.string(), values: z.array(z.unknown()).min(1).max(MOST_CELLS) }))
        .min(1)
        .max(2),
      stoppedAt: z.strictObject({ cell: z.int().min(1).max(MOST_CELLS) }).optional(),
    })
    .optional()
    .meta({ hidden: true })
    .describe('options to vary, with their values: the first across the sheet, the second down'),
};

/** The varied options, with their values. */
export type Variations = NonNullable<z.output<typeof varyOption.vary>>;

/** The options by which a cell differs from the others. */
export type Cell = Readonly<Record<string, unknown>>;

/**
 * The cells of a sheet, row by row.
 * @param schema of the job's options
 * @throws OptionError when an option cannot be varied, or there are too many cells
 */
export function cellsOf({ axes }: Variations, schema: z.ZodObject): Cell[] {
  const names = axes.map((axis) => axis.option);
  for (const name of names) checkVaried(name, schema);
  const [across, down] = axes;
  if (names[0] === names[1])
    throw new OptionError(words`${option('vary')}: ${names[0] ?? ''} was given twice; put all values in one`);
  const count = (across?.values.length ?? 0) * (down?.values.length ?? 1);
  if (count > MOST_CELLS)
    throw new OptionError(
      words`${option('vary')}: ${count} pictures were requested; at most ${MOST_CELLS} are possible, so give fewer values`,
    );
  const rows: Cell[] = down === undefined ? [{}] : down.values.map((value) => ({ [down.option]: value }));
  return rows.flatMap((row) => (across?.values ?? []).map((value) => ({ [names[0] ?? '']: value, ...row })));
}

/** The options of a job that can be varied: a person can set them, and recipes record them. */
export function variedOptions(schema: z.ZodObject): string[] {
  return Object.entries<z.ZodType>(schema.shape).flatMap(([name, one]) => {
    const { hidden, recorded } = one.meta() ?? {};
    return hidden === true || recorded === false || name === 'threads' ? [] : [name];
  });
}

function checkVaried(name: string, schema: z.ZodObject): void {
  const possible = variedOptions(schema);
  if (possible.includes(name)) return;
  throw new OptionError(
    words`${option('vary')}: "${name}" is no option that can be varied here; choose ${possible.join(', ')}`,
  );
}

/** The label of a cell: `octaves 3, maxLoss 20`. */
export function labelOf(cell: Cell): string {
  return Object.entries(cell)
    .map(([name, value]) => `${name} ${written(value)}`)
    .join(', ');
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('layer' in value && 'coefficient' in value) {
    const channel = 'channel' in value ? `:${String(value.channel)}` : '';
    return `${String(value.layer)}${channel}=${String(value.coefficient)}`;
  }
  if ('width' in value && 'height' in value) return `${String(value.width)}x${String(value.height)}`;
  return Object.values(value).map(written).join(' ');
}
