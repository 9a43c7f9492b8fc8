import { isDefault, shownProperties, type Options } from '../../forms/schema.ts';

/** An option in which two jobs differ; undefined stands for its default where there is none. */
export interface Difference {
  readonly option: string;
  readonly one: unknown;
  readonly other: unknown;
}

/**
 * The options in which two jobs of a kind differ. An option that is absent has its default.
 * @param schema of the options
 */
export function differences(
  schema: Readonly<Record<string, unknown>>,
  one: Options,
  other: Options,
): Difference[] {
  return shownProperties(schema).flatMap(([option, property]) => {
    if (property.recorded === false) return []; // it changes no picture
    const values = [one[option] ?? property.default, other[option] ?? property.default] as const;
    const isSame =
      JSON.stringify(values[0]) === JSON.stringify(values[1]) ||
      (isDefault(property, one[option]) && isDefault(property, other[option]));
    return isSame ? [] : [{ option, one: values[0], other: values[1] }];
  });
}
