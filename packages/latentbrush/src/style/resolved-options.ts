import type { StyleOptions } from './options.ts';
import { presetOf, type Preset } from './presets.ts';

/** Options with the preset of the backbone filled in. */
export type ResolvedStyle = Omit<StyleOptions, keyof Preset> & Preset;

/** Fills in what suits the backbone where a person chose nothing. */
export function resolveStyle(backbone: string, options: StyleOptions): ResolvedStyle {
  const chosen = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...presetOf(backbone), ...chosen } as ResolvedStyle;
}
