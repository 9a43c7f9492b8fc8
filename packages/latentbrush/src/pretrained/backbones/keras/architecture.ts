import type { LayerInfo } from '../backbone.ts';

/** Keras' `same` or `valid`, or a number of zeros on each side. */
type Padding = 'same' | 'valid' | number;

/** A convolution with bias, then its batch normalisation if the network has one, then ReLU unless it is linear. */
export interface ConvolutionLayer {
  readonly kind: 'convolution';
  readonly name: string;
  readonly input: string;
  readonly filters: number;
  /** [height, width] */
  readonly kernelSize: readonly [number, number];
  readonly strides: number;
  readonly padding: Padding;
  /** Layer with the kernel (default: the layer's own name). */
  readonly kernelOf?: string;
  /** Layer of the batch normalisation after the convolution; it is folded into the kernel. */
  readonly batchNormalization?: string;
  /** Epsilon of the batch normalisation (default 0.001, as in Keras). */
  readonly epsilon?: number;
  /** Whether it has no ReLU (default false). */
  readonly linear?: boolean;
}

/**
 * A depthwise and a pointwise convolution, Keras' SeparableConv2D, then its batch normalisation; no ReLU. Stride 1, padding `same`, no
 * bias.
 */
export interface SeparableConvolutionLayer {
  readonly kind: 'separable convolution';
  readonly name: string;
  readonly input: string;
  readonly filters: number;
  /** [height, width] of the depthwise kernel */
  readonly kernelSize: readonly [number, number];
  /** Layer with the kernels. */
  readonly kernelOf: string;
  readonly batchNormalization: string;
}

/** Largest or mean element of windows; a mean ignores padding. */
export interface PoolingLayer {
  readonly kind: 'max pooling' | 'average pooling';
  readonly name: string;
  readonly input: string;
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: Padding;
}

/** max(x, 0) */
export interface ReluLayer {
  readonly kind: 'relu';
  readonly name: string;
  readonly input: string;
}

/** Joins layers along their channels. */
export interface ConcatenationLayer {
  readonly kind: 'concatenation';
  readonly name: string;
  readonly inputs: readonly string[];
}

/** Adds layers of one shape: a residual connection. */
export interface AdditionLayer {
  readonly kind: 'addition';
  readonly name: string;
  readonly inputs: readonly string[];
}

/** One layer of a convolutional network, with its Keras name. */
export type Layer =
  | ConvolutionLayer
  | SeparableConvolutionLayer
  | PoolingLayer
  | ReluLayer
  | ConcatenationLayer
  | AdditionLayer;

/** A network without its weights: layers in the order of computation. The picture is the layer `input`. */
export type Architecture = readonly Layer[];

/** The name of the picture when it is the input of a layer. */
export const INPUT = 'input';

/** The names of the inputs of a layer. */
export function inputsOf(layer: Layer): readonly string[] {
  return 'inputs' in layer ? layer.inputs : [layer.input];
}

/** The given layers and all layers that they need, in the order of computation. */
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

/** A layer with its receptive field along both axes: [height, width]. */
interface Reach extends LayerInfo {
  readonly field: readonly [number, number];
}

/**
 * The table of layers: channels, stride and receptive field.
 *
 * Along a chain of windows of size k and stride s, for height and width separately: r = r' + (k - 1) j' and j = s j', where j is the
 * distance of neighbours in pixels (Araujo et al., *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019). Branches:
 * the largest.
 * @example
 * const layers = backbones.describeLayers(backbones.vgg(16));
 * console.log(layers[0]); // { name: 'block1_conv1', kind: 'convolution 3x3', channels: 64, stride: 1, receptiveField: 3 }
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
  const [height, width] = windowOf(layer);
  const field = [rows! + (height - 1) * stride, columns! + (width - 1) * stride] as const;
  return {
    name,
    kind: isConvolution(layer) ? `${kind} ${height}x${width}` : kind,
    channels: channelsOf(
      layer,
      inputs.map(({ channels }) => channels),
    ),
    stride: stride * stridesOf(layer),
    receptiveField: Math.max(...field),
    field,
  };
}

/** Whether a layer has kernels. */
export function isConvolution(layer: Layer): layer is ConvolutionLayer | SeparableConvolutionLayer {
  return layer.kind === 'convolution' || layer.kind === 'separable convolution';
}

/** Channels of a layer's output, from those of its inputs. */
export function channelsOf(layer: Layer, inputs: readonly number[]): number {
  if (isConvolution(layer)) return layer.filters;
  return layer.kind === 'concatenation' ? inputs.reduce((sum, count) => sum + count, 0) : inputs[0]!;
}

/** [height, width] of a layer's window in its input. */
function windowOf(layer: Layer): readonly [number, number] {
  if (isConvolution(layer)) return layer.kernelSize;
  return 'poolSize' in layer ? [layer.poolSize, layer.poolSize] : [1, 1];
}

function stridesOf(layer: Layer): number {
  return 'strides' in layer ? layer.strides : 1;
}

/** The size of a layer's output for a picture of this size: [height, width]; zero or less if the picture is too small. */
export function outputSizes(
  architecture: Architecture,
  height: number,
  width: number,
): ReadonlyMap<string, readonly [number, number]> {
  const sizes = new Map<string, readonly [number, number]>([[INPUT, [height, width]]]);
  for (const layer of architecture) {
    const [first = INPUT] = inputsOf(layer);
    const [h, w] = sizes.get(first) ?? [0, 0];
    const [kh, kw] = windowOf(layer);
    const padding = 'padding' in layer ? layer.padding : 'same';
    const strides = stridesOf(layer);
    const zeros = typeof padding === 'number' ? 2 * padding : 0;
    const along = (size: number, kernel: number): number =>
      padding === 'same' ? Math.ceil(size / strides) : Math.floor((size + zeros - kernel) / strides) + 1;
    sizes.set(layer.name, [along(h, kh), along(w, kw)]);
  }
  return sizes;
}
