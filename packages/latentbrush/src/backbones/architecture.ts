/** A convolution with bias and, where the network has one, its batch normalisation; then ReLU. */
export interface ConvolutionLayer {
  readonly kind: 'convolution';
  readonly name: string;
  readonly input: string;
  readonly filters: number;
  /** [height, width] */
  readonly kernelSize: readonly [number, number];
  readonly strides: number;
  readonly padding: 'same' | 'valid';
  /** Layer of the batch normalisation that stands between the convolution and ReLU, and is folded into the kernel. */
  readonly batchNormalization?: string;
}

/** Largest or mean element of windows; a mean leaves padding out. */
export interface PoolingLayer {
  readonly kind: 'max pooling' | 'average pooling';
  readonly name: string;
  readonly input: string;
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: 'same' | 'valid';
}

/** Joins layers along their channels. */
export interface ConcatenationLayer {
  readonly kind: 'concatenation';
  readonly name: string;
  readonly inputs: readonly string[];
}

/** One layer of a convolutional network, with its Keras name. */
export type Layer = ConvolutionLayer | PoolingLayer | ConcatenationLayer;

/** A network without its weights: layers in the order of computation. The picture is the layer `input`. */
export type Architecture = readonly Layer[];

/** The name of the picture as the input of a layer. */
export const INPUT = 'input';

/** The names of the layers that a layer reads. */
export function inputsOf(layer: Layer): readonly string[] {
  return layer.kind === 'concatenation' ? layer.inputs : [layer.input];
}

/** The layers that the wanted ones need, themselves included, in the order of computation. */
export function neededFor(architecture: Architecture, wanted: readonly string[]): Layer[] {
  const needed = new Set(wanted);
  return architecture
    .toReversed()
    .filter((layer) => {
      if (!needed.has(layer.name)) return false;
      for (const name of inputsOf(layer)) needed.add(name);
      return true;
    })
    .toReversed();
}

/** What a layer sees and gives. */
export interface LayerInfo {
  readonly name: string;
  /** What the layer does, in a word or two. */
  readonly kind: string;
  /** Channels of its output. */
  readonly channels: number;
  /** Pixels of the picture between neighbouring elements of its output. */
  readonly stride: number;
  /** Pixels, along the longer axis, that one element depends on; undefined where it is not known. */
  readonly receptiveField: number | undefined;
}

/** A layer with its receptive field along both axes: [height, width]. */
interface Reach extends LayerInfo {
  readonly field: readonly [number, number];
}

/**
 * The table of layers: channels, stride and receptive field.
 *
 * Along a chain of windows of size k and stride s: r = r' + (k - 1) j' and j = s j', where j is the distance of neighbours in pixels
 * (Araujo et al., *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019), for height and width each. Branches:
 * the largest.
 */
export function describeLayers(architecture: Architecture): LayerInfo[] {
  const known = new Map<string, Reach>([
    [INPUT, { name: INPUT, kind: 'picture', channels: 3, stride: 1, receptiveField: 1, field: [1, 1] }],
  ]);
  return architecture.map((layer) => {
    const inputs = inputsOf(layer).map((name) => {
      const info = known.get(name);
      if (info === undefined) throw new Error(`layer ${layer.name} reads ${name}, which is not before it`);
      return info;
    });
    const { field, ...info } = describe(layer, inputs);
    known.set(layer.name, { ...info, field });
    return info;
  });
}

function describe(layer: Layer, inputs: readonly Reach[]): Reach {
  const { name, kind } = layer;
  const stride = Math.max(...inputs.map((input) => input.stride));
  const [rows, columns] = [0, 1].map((axis) => Math.max(...inputs.map(({ field }) => field[axis]!)));
  const channels = inputs.reduce((sum, input) => sum + input.channels, 0);
  const [height, width] = windowOf(layer);
  const field = [rows! + (height - 1) * stride, columns! + (width - 1) * stride] as const;
  return {
    name,
    kind: layer.kind === 'convolution' ? `convolution ${height}x${width}` : kind,
    channels: layer.kind === 'convolution' ? layer.filters : channels,
    stride: layer.kind === 'concatenation' ? stride : stride * layer.strides,
    receptiveField: Math.max(...field),
    field,
  };
}

/** [height, width] of what a layer looks at in its input. */
function windowOf(layer: Layer): readonly [number, number] {
  if (layer.kind === 'concatenation') return [1, 1];
  return layer.kind === 'convolution' ? layer.kernelSize : [layer.poolSize, layer.poolSize];
}

/** The size of a layer's output for a picture of this size: [height, width]; zero or less where it does not fit. */
export function outputSizes(
  architecture: Architecture,
  height: number,
  width: number,
): ReadonlyMap<string, readonly [number, number]> {
  const sizes = new Map<string, readonly [number, number]>([[INPUT, [height, width]]]);
  for (const layer of architecture) {
    const [first = INPUT] = inputsOf(layer);
    const [h, w] = sizes.get(first) ?? [0, 0];
    if (layer.kind === 'concatenation') {
      sizes.set(layer.name, [h, w]);
      continue;
    }
    const [kh, kw] = windowOf(layer);
    const along = (size: number, kernel: number): number =>
      layer.padding === 'same'
        ? Math.ceil(size / layer.strides)
        : Math.floor((size - kernel) / layer.strides) + 1;
    sizes.set(layer.name, [along(h, kh), along(w, kw)]);
  }
  return sizes;
}
