import {
  add,
  concat,
  constant,
  expand,
  float32,
  input,
  mul,
  Random,
  reduceMean,
  resize,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';

/** Distances in pixels between the values of the fields: strokes, and larger movements that they follow. */
const DISTANCES = [4, 16, 32];

/** Seed of the fields that pictures are painted with: the same for all pictures of a size, so that the frames of an animation do not flicker. */
const SEED = 1;

/**
 * Fields of noise for a painting network: where a picture is plain, nothing determines the direction of a stroke, and the network would
 * repeat one pattern. (Ulyanov et al. 2016, *Texture Networks*, arXiv:1603.03417, feed noise of several scales for the same reason.)
 * @param channels of each field; 0 for none
 * @param shape of the pictures, `[batch, 3, height, width]`
 * @returns shapes `[batch, channels, height / distance, width / distance]`
 */
export function noiseShapes(
  channels: number,
  [batch = 1, , height = 1, width = 1]: readonly number[],
): number[][] {
  if (channels === 0) return [];
  return DISTANCES.map((distance) => [
    batch,
    channels,
    Math.ceil(height / distance),
    Math.ceil(width / distance),
  ]);
}

/** Noise as inputs of a graph, to be fed with {@link drawNoise}. */
export function noiseInputs(channels: number, shape: readonly number[]): Tensor[] {
  return noiseShapes(channels, shape).map((each, index) => input(nameOf(index), each));
}

/** Draws noise of mean 0 and variance 1, by the names of the inputs. */
export function drawNoise(
  random: Random,
  channels: number,
  shape: readonly number[],
): Record<string, NDArray> {
  return Object.fromEntries(
    noiseShapes(channels, shape).map((each, index) => {
      const values = new Float32Array(each.reduce((product, size) => product * size, 1));
      random.fillNormal(values);
      return [nameOf(index), float32(values, each)];
    }),
  );
}

/** The noise that pictures of a size are painted with, each picture of a batch with the same. */
export function fixedNoise(channels: number, shape: readonly number[]): Tensor[] {
  const [batch = 1, ...rest] = shape;
  const fields = Object.values(drawNoise(new Random(SEED), channels, [1, ...rest]));
  return fields.map((values) => expand(constant(values), [batch, ...values.shape.slice(1)]));
}

/**
 * The noise of {@link fixedNoise} for a graph with a free number of pictures.
 * @param pictures `[batch, 3, height, width]`
 */
export function freeNoise(channels: number, pictures: Tensor): Tensor[] {
  const [, ...rest] = pictures.shape;
  const fields = Object.values(drawNoise(new Random(SEED), channels, [1, ...rest]));
  const ones = add(mul(reduceMean(pictures, [1, 2, 3], { keepDims: true }), 0), 1); // [batch, 1, 1, 1]
  return fields.map((values) => mul(constant(values), ones));
}

/** Fields resized to one size and joined: `[batch, channels, height, width]`. */
export function joinNoise(fields: readonly Tensor[], size: readonly [number, number]): Tensor {
  return concat(
    fields.map((field) => resize(field, size, 'bilinear')),
    1,
  );
}

function nameOf(index: number): string {
  return `noise_${DISTANCES[index]}`;
}
