import { InputError } from '@latentbrush/engine';
import { quotedName } from '../backbones/index.ts';

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

/** A contribution as it is written: a name, in double quotes or not, perhaps with a channel and a coefficient; then a comma or the end. */
const WRITTEN = /^\s*(?:"((?:[^"]|"")+)"|([^=,\s"][^=,\s]*?))(?::(\d+))?(?:=([^\s,]+))?\s*(?:,|$)/;

/**
 * Reads contributions as they are written on the command line: `mixed3=3,mixed4:123=1`. Without `=` the coefficient is 1. A name that
 * holds a comma, an equals sign or a space stands in double quotes, and a double quote in it is doubled, as in CSV:
 * `"a, b=c":5=2`. In quotes a number after a colon is part of the name; without quotes it is read as a channel, unless the network has
 * a layer of the whole name.
 * @throws InputError naming the part that cannot be read
 */
export function parseContributions(text: string): Contribution[] {
  const contributions: Contribution[] = [];
  for (let rest = text; ;) {
    const [part = '', quoted, plain, channel, coefficient = '1'] = WRITTEN.exec(rest) ?? [];
    const layer = quoted?.replaceAll('""', '"') ?? plain;
    const factor = Number(coefficient);
    const shown = (part === '' ? rest : part).split(',')[0]!.trim();
    if (layer === undefined || !Number.isFinite(factor)) {
      throw new InputError(
        `--layers: "${shown}" cannot be read; write layer=coefficient or layer:channel=coefficient, as mixed3=3,mixed4:123=1; a name with a comma, an equals sign or a space goes in double quotes`,
      );
    }
    const [, negative] = /:(-\d+)$/.exec(plain ?? '') ?? [];
    if (negative !== undefined) {
      throw new InputError(
        `--layers: "${shown}" asks for channel ${negative}; channels count from 0, as mixed4:0=1`,
      );
    }
    contributions.push({
      layer,
      coefficient: factor,
      ...(channel !== undefined && { channel: Number(channel) }),
    });
    if (!part.endsWith(',')) break;
    rest = rest.slice(part.length);
  }
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

/** Contributions as they are written on the command line: what {@link parseContributions} reads. */
export function formatContributions(contributions: readonly Contribution[]): string {
  return contributions
    .map(({ layer, channel, coefficient }) => {
      const needsQuotes = /[\s,=]|^"/.test(layer) || (channel === undefined && /:-?\d+$/.test(layer));
      return `${nameOf({ layer: needsQuotes ? quotedName(layer) : layer, channel })}=${coefficient}`;
    })
    .join(',');
}

/** `mixed4:123`, or `mixed4` for all channels. */
export function nameOf({ layer, channel }: Omit<Contribution, 'coefficient'>): string {
  return channel === undefined ? layer : `${layer}:${channel}`;
}
