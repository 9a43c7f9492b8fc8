import { quotedName } from '../pretrained/index.ts';
import { option, OptionError, words } from '../words.ts';

/** The contribution of a layer, or of one of its channels. */
export interface Contribution {
  readonly layer: string;
  /** One channel, counted from 0. Default: all channels. */
  readonly channel?: number | undefined;
  /**
   * Whether a layer named `layer:channel` takes precedence over the channel, as in text without quotes: `x:0`
   * is the layer `x:0` if the network has one, else channel 0 of `x` (default: false, `layer` is the exact
   * name).
   */
  readonly wholeNameFirst?: boolean | undefined;
  /** Its factor in the sum; a negative factor reduces the activation. */
  readonly coefficient: number;
}

/** A layer, or a channel of it. */
export type LayerOrChannel = Omit<Contribution, 'coefficient'>;

/** The book's: Chollet, *Deep Learning with Python*, 8.2. */
export const BOOK_CONTRIBUTIONS: readonly Contribution[] = [
  { layer: 'mixed2', coefficient: 0.2 },
  { layer: 'mixed3', coefficient: 3 },
  { layer: 'mixed4', coefficient: 2 },
  { layer: 'mixed5', coefficient: 1.5 },
];

/**
 * A contribution as text: a name, with or without double quotes, an optional channel and an optional
 * coefficient; then a comma or the end.
 */
const WRITTEN = /^\s*(?:"((?:[^"]|"")+)"|([^=,\s"][^=,\s]*?))(?::(\d+))?(?:=([^\s,]+))?\s*(?:,|$)/;

/**
 * Reads contributions in the form of the command line: `mixed3=3,mixed4:123=1`. Without `=` the coefficient
 * is 1. A name with a comma, an equals sign or a space goes in double quotes, and a double quote in it is
 * doubled, as in CSV: `"a, b=c":5=2`. Text in quotes is the exact name: `"x":0` is channel 0 of the layer
 * `x`, `"x:0"` is the layer `x:0`. Without quotes `x:0` is the layer `x:0` if the network has it, else channel 0 of `x`.
 * @throws InputError naming the part that cannot be read
 * @example
 * const [all, channel] = dream.parseContributions('mixed4=2,"mixed5":123=0.5');
 * console.log(all!.layer, all!.coefficient); // mixed4 2
 * console.log(channel!.layer, channel!.channel, channel!.coefficient); // mixed5 123 0.5
 */
export function parseContributions(text: string): Contribution[] {
  const contributions: Contribution[] = [];
  for (let rest = text; ;) {
    const [part = '', quoted, plain, channel, coefficient = '1'] = WRITTEN.exec(rest) ?? [];
    const layer = quoted?.replaceAll('""', '"') ?? plain;
    const factor = Number(coefficient);
    const shown = (part === '' ? rest : part).split(',')[0]!.trim();
    if (layer === undefined || !Number.isFinite(factor)) {
      throw new OptionError(
        words`${option('layers')}: "${shown}" cannot be read; write layer=coefficient or layer:channel=coefficient, such as mixed3=3,mixed4:123=1; put a name with a comma, an equals sign or a space in double quotes`,
      );
    }
    const [, negative] = /:(-\d+)$/.exec(plain ?? '') ?? [];
    if (negative !== undefined) {
      throw new OptionError(
        words`${option('layers')}: "${shown}" asks for channel ${negative}; channels count from 0, such as mixed4:0=1`,
      );
    }
    contributions.push({
      layer,
      coefficient: factor,
      ...(channel !== undefined && { channel: Number(channel) }),
      ...(channel !== undefined && quoted === undefined && { wholeNameFirst: true }),
    });
    if (!part.endsWith(',')) break;
    rest = rest.slice(part.length);
  }
  refuseRepeated(contributions);
  return contributions;
}

/**
 * @throws InputError when a layer, or a channel of it, is named twice: it would be unclear which coefficient
 * counts
 */
export function refuseRepeated(contributions: readonly Contribution[]): void {
  const names = contributions.map(writtenName);
  const twice = contributions.find((_, index) => names.indexOf(names[index]!) < index);
  if (twice !== undefined)
    throw new OptionError(
      words`${option('layers')}: ${nameOf(twice)} is given twice; give each layer, or channel of it, once`,
    );
}

/**
 * Writes contributions in the form of the command line, which {@link parseContributions} reads. A name gets quotes if it would be read
 * differently without them, and before a channel, unless a layer with the whole name takes precedence.
 * @example
 * console.log(dream.formatContributions([{ layer: 'mixed4', coefficient: 2 }])); // mixed4=2
 * console.log(dream.formatContributions([{ layer: 'mixed4', channel: 123, coefficient: 2 }])); // "mixed4":123=2
 */
export function formatContributions(contributions: readonly Contribution[]): string {
  return contributions.map((each) => `${writtenName(each)}=${each.coefficient}`).join(',');
}

/** `mixed4:123`, or `mixed4` for all channels. */
export function nameOf({ layer, channel }: LayerOrChannel): string {
  return channel === undefined ? layer : `${layer}:${channel}`;
}

/** The name as {@link formatContributions} writes it; it is unique for each layer and channel. */
export function writtenName({ layer, channel, wholeNameFirst }: LayerOrChannel): string {
  const isPlain =
    /^[^\s,="][^\s,=]*$/.test(layer) && (channel === undefined ? !/:-?\d+$/.test(layer) : wholeNameFirst);
  return nameOf({ layer: isPlain === true ? layer : quotedName(layer), channel });
}
