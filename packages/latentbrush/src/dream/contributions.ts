import { InputError } from '@latentbrush/engine';

/** How much a layer, or one channel of it, is to be excited. */
export interface Contribution {
  readonly layer: string;
  /** One channel, from 0; all of them when left out. */
  readonly channel?: number | undefined;
  /** Its factor in the sum; a negative one calms. */
  readonly coefficient: number;
}

/** The book's: Chollet, *Deep Learning with Python*, 8.2. */
export const BOOK_CONTRIBUTIONS: readonly Contribution[] = [
  { layer: 'mixed2', coefficient: 0.2 },
  { layer: 'mixed3', coefficient: 3 },
  { layer: 'mixed4', coefficient: 2 },
  { layer: 'mixed5', coefficient: 1.5 },
];

/**
 * Reads contributions as they are written on the command line: `mixed3=3,mixed4:123=1`. Without `=` the coefficient is 1.
 * @throws InputError naming the part that cannot be read
 */
export function parseContributions(text: string): Contribution[] {
  const contributions = text.split(',').map((part) => {
    const [, layer, channel, coefficient] = /^\s*([^=\s]+?)(?::(\d+))?(?:=(\S+))?\s*$/.exec(part) ?? [];
    const factor = Number(coefficient ?? 1);
    if (layer === undefined || !Number.isFinite(factor)) {
      throw new InputError(
        `--layers: "${part.trim()}" cannot be read; write layer=coefficient or layer:channel=coefficient, as mixed3=3,mixed4:123=1`,
      );
    }
    const [, negative] = /:(-\d+)$/.exec(layer) ?? [];
    if (negative !== undefined) {
      throw new InputError(
        `--layers: "${part.trim()}" asks for channel ${negative}; channels count from 0, as mixed4:0=1`,
      );
    }
    return { layer, coefficient: factor, ...(channel !== undefined && { channel: Number(channel) }) };
  });
  refuseRepeated(contributions);
  return contributions;
}

/** @throws InputError when a layer, or a channel of it, is named twice: nobody could tell which coefficient is meant */
export function refuseRepeated(contributions: readonly Contribution[]): void {
  const names = contributions.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new InputError(`--layers: ${twice} is given twice; give each layer, or channel of it, once`);
}

/** Contributions as they are written on the command line. */
export function formatContributions(contributions: readonly Contribution[]): string {
  return contributions.map((each) => `${nameOf(each)}=${each.coefficient}`).join(',');
}

/** `mixed4:123`, or `mixed4` for all channels. */
export function nameOf({ layer, channel }: Contribution): string {
  return channel === undefined ? layer : `${layer}:${channel}`;
}
