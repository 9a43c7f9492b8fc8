/** The part of a JSON Schema property that forms read. */
export interface Property {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly hidden?: boolean | undefined;
  /** Whether recipes record it (default: yes). */
  readonly recorded?: boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
  readonly items?: Property | undefined;
  readonly properties?: Readonly<Record<string, Property>> | undefined;
}

/** Options that the user set; missing ones have their defaults. */
export type Options = Readonly<Record<string, unknown>>;

/** The options of a schema that the user can set, by name. */
export function shownProperties(schema: Readonly<Record<string, unknown>>): [string, Property][] {
  const { properties = {} } = schema as Property;
  return Object.entries(properties).filter(([, property]) => property.hidden !== true);
}

/** Whether a value is like unset: undefined, or the default. */
export function isDefault(property: Property | undefined, value: unknown): boolean {
  return value === undefined || JSON.stringify(value) === JSON.stringify(property?.default);
}

/** Whether an option has the same value in both; missing ones have their defaults. */
export function isSame(property: Property | undefined, a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? property?.default) === JSON.stringify(b ?? property?.default);
}

/** The options with one value changed; a default is left out. */
export function withOption(options: Options, name: string, value: unknown, property?: Property): Options {
  const others = withoutOption(options, name);
  return isDefault(property, value) ? others : { ...others, [name]: value };
}

/** Options without one of them. */
export function withoutOption<T extends Options>(options: T, name: string): T {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name)) as T;
}

/** Options of a recipe or a job for a form: those in the schema that are shown and are not the default. */
export function fittingOptions(schema: Readonly<Record<string, unknown>>, given: Options): Options {
  return Object.fromEntries(
    shownProperties(schema).flatMap(([name, property]) =>
      given[name] === null || isDefault(property, given[name]) ? [] : [[name, given[name]]],
    ),
  );
}
