import type { Options } from '../forms/schema.ts';

/** A choice that sets several options. */
export interface Preset<Name extends string> {
  readonly name: Name;
  readonly options: Options;
}

/** The options with those of a preset, without those of the others. */
export function withPreset(now: Options, presets: readonly Preset<string>[], chosen: string): Options {
  const keys = keysOf(presets);
  const others = Object.fromEntries(Object.entries(now).filter(([name]) => !keys.has(name)));
  return { ...others, ...presets.find(({ name }) => name === chosen)?.options };
}

/** The preset of the options; undefined after the user changed them. */
export function presetOf<Name extends string>(
  now: Options,
  presets: readonly Preset<Name>[],
): Name | undefined {
  const keys = [...keysOf(presets)];
  return presets.find(({ options }) =>
    keys.every((key) => JSON.stringify(now[key]) === JSON.stringify(options[key])),
  )?.name;
}

function keysOf(presets: readonly Preset<string>[]): Set<string> {
  return new Set(presets.flatMap(({ options }) => Object.keys(options)));
}
