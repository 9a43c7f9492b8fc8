/** A property of a JSON Schema, as far as forms read it. */
export interface Property {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly hidden?: boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
  readonly items?: Property | undefined;
  readonly properties?: Readonly<Record<string, Property>> | undefined;
}

/** Options that a person set; those that are absent have their defaults. */
export type Options = Readonly<Record<string, unknown>>;

/** The options of a schema that a person may set, by name. */
export function shownProperties(schema: Readonly<Record<string, unknown>>): [string, Property][] {
  const { properties = {} } = schema as Property;
  return Object.entries(properties).filter(([, property]) => property.hidden !== true);
}

/** What is the same as not to be set: undefined, and the default. */
export function isDefault(property: Property | undefined, value: unknown): boolean {
  return value === undefined || JSON.stringify(value) === JSON.stringify(property?.default);
}

/** Options with another value of one, which is left out where it is the default. */
export function withOption(options: Options, name: string, value: unknown, property?: Property): Options {
  const others = withoutOption(options, name);
  return isDefault(property, value) ? others : { ...others, [name]: value };
}

/** Options without one. */
export function withoutOption<T extends Options>(options: T, name: string): T {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name)) as T;
}

/** Options of a recipe or a job as a form takes them: those that the schema has, that are shown, and that are not the default. */
export function fittingOptions(schema: Readonly<Record<string, unknown>>, given: Options): Options {
  return Object.fromEntries(
    shownProperties(schema).flatMap(([name, property]) =>
      given[name] === null || isDefault(property, given[name]) ? [] : [[name, given[name]]],
    ),
  );
}
