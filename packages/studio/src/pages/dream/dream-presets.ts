import type { Preset } from '../../making/presets.ts';

/** Strength of a dream. A size ends at its largest loss, so that limit grows with the steps. */
export const STRENGTHS = [
  { name: 'hint', options: { iterations: 10, maxLoss: 5 } },
  { name: 'book', options: {} },
  { name: 'strong', options: { iterations: 40, stepSize: 0.015, maxLoss: 30 } },
  { name: 'wild', options: { iterations: 60, stepSize: 0.03, maxLoss: 100 } },
] as const satisfies readonly Preset<string>[];

/** Descriptions of the network's layers, from their dreams on photographs. */
export const GROWTHS = [
  { name: 'book', options: {} },
  { name: 'lines', options: { layers: [{ layer: 'mixed0', coefficient: 3 }] } },
  { name: 'patterns', options: { layers: [{ layer: 'mixed1', coefficient: 3 }] } },
  { name: 'eyes', options: { layers: [{ layer: 'mixed2', coefficient: 3 }] } },
  {
    name: 'animals',
    options: {
      layers: [
        { layer: 'mixed4', coefficient: 2 },
        { layer: 'mixed5', coefficient: 3 },
      ],
    },
  },
] as const satisfies readonly Preset<string>[];

/** The longest side of a dream: a photograph of a phone is slow at full size. */
export const SIZES = [
  { name: 'small', options: { size: 384 } },
  { name: 'medium', options: { size: 768 } },
  { name: 'full', options: {} },
] as const satisfies readonly Preset<string>[];
