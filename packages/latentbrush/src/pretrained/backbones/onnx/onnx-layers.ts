import {
  dependence,
  input,
  InputError,
  listOnnxNodes,
  type DecodedModel,
  type Tensor,
} from '@latentbrush/engine';
import type { LayerInfo } from '../backbone.ts';
import { unusableValue } from './unusable.ts';

/** The kinds of values between the nodes of a model file. */
export interface DescribedNodes {
  /** The feature maps, `[batch, channels, height, width]` in any order. */
  readonly layers: readonly LayerInfo[];
  /** The names of those with channels last. */
  readonly channelsLast: ReadonlySet<string>;
  /** The reasons why the others are not layers, by name. */
  readonly unusable: ReadonlyMap<string, string>;
}

/**
 * Describes the values between the nodes of a model file.
 *
 * In a model with channels last, some values have channels last and some first. We describe all for a square picture, so the two equal
 * sides are height and width. Values that exist only at an oblong exported size are described at that size.
 * @param decoded the model at a picture `[1, 3, height, width]`
 * @param size side of the square @param declared the exported size, if the file declares one
 */
export function describeNodes(
  bytes: Uint8Array,
  decoded: (picture: Tensor) => DecodedModel,
  size: number,
  declared: readonly [height: number, width: number] = [size, size],
): DescribedNodes {
  const square = viewOf(decoded, size, size);
  const exported = declared[0] === declared[1] ? square : viewOf(decoded, ...declared);
  const layers: LayerInfo[] = [];
  const channelsLast = new Set<string>();
  const unusable = new Map<string, string>();
  for (const {
    operator,
    outputs: [name],
  } of listOnnxNodes(bytes)) {
    if (name === undefined) continue;
    const inSquare = seenIn(square, name);
    const seen = inSquare.layer === undefined && exported !== square ? seenIn(exported, name) : inSquare;
    // A value that is no picture at a square can look like one where the sides differ. A value that cannot be computed at a square is
    // another case.
    const layer = inSquare.value === undefined ? seen.layer : inSquare.layer;
    if (layer === undefined) {
      unusable.set(name, seen.reason ?? inSquare.reason!);
      continue;
    }
    const { channels, stride, last } = layer;
    layers.push({ name, kind: operator, channels, stride, receptiveField: undefined });
    if (last) channelsLast.add(name);
  }
  return { layers, channelsLast, unusable };
}

/** A model at a picture of one size. */
interface View {
  readonly height: number;
  readonly width: number;
  readonly model: DecodedModel;
  readonly seesPicture: (value: Tensor) => boolean;
}

function viewOf(decoded: (picture: Tensor) => DecodedModel, height: number, width: number): View {
  const picture = input('picture', [1, 3, height, width]);
  return { height, width, model: decoded(picture), seesPicture: dependence(picture) };
}

/** A value of a model: a layer, or the reason why it is none. */
interface Seen {
  /** Undefined if it cannot be computed. */
  readonly value?: Tensor;
  readonly layer?: Pick<LayerInfo, 'channels' | 'stride'> & { readonly last: boolean };
  readonly reason?: string;
}

function seenIn({ height, width, model, seesPicture }: View, name: string): Seen {
  const value = valueOrReason(model, name);
  if (typeof value === 'string') return { reason: value };
  const [batch, a = 1, b = 1, c = 1] = value.shape;
  const areSides = (rows: number, columns: number): boolean =>
    Math.abs(rows * width - columns * height) < width;
  const last = areSides(a, b) && !areSides(b, c);
  const [channels, rows, columns] = last ? [c, a, b] : [a, b, c];
  const isPicture =
    value.dtype === 'float32' &&
    value.rank === 4 &&
    batch === 1 &&
    Math.min(rows, columns) > 1 &&
    isSquarish(rows / height, columns / width);
  const sees = seesPicture(value);
  if (!isPicture || !sees) return { value, reason: unusableValue(value, { isPicture, seesPicture: sees }) };
  return { value, layer: { channels, stride: Math.max(1, Math.round(height / rows)), last } };
}

// Whether a size is that of a picture, not a line like the tokens of a transformer. Oblong windows change the aspect a little.
function isSquarish(down: number, across: number): boolean {
  return Math.max(down, across) <= 2 * Math.min(down, across);
}

function valueOrReason(model: DecodedModel, name: string): Tensor | string {
  try {
    return model.value(name);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
