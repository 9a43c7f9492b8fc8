import type { Preset } from '../../making/presets.ts';

/** Weight of the picture against the painting. */
export const STRENGTHS = [
  { name: 'hint', options: { contentWeight: 0.2 } },
  { name: 'even', options: {} },
  { name: 'strong', options: { contentWeight: 0.008 } },
] as const satisfies readonly Preset<string>[];

/** Number of rounds, and size. */
export const TIMES = [
  { name: 'sketch', options: { height: 192, rounds: 4, evaluations: 10 } },
  { name: 'quick', options: { height: 300, rounds: 8 } },
  { name: 'full', options: {} },
] as const satisfies readonly Preset<string>[];

/** The size of the painting relative to the picture, which is the size of its strokes. */
export const STROKES = [
  { name: 'fine', options: { styleSize: 0.6 } },
  { name: 'normal', options: {} },
  { name: 'large', options: { styleSize: 1.8 } },
] as const satisfies readonly Preset<string>[];

/** Source of the result's colours. */
export const COLOURS = [
  { name: 'painting', options: {} },
  { name: 'picture', options: { keepColors: 'luminance' } },
] as const satisfies readonly Preset<string>[];
