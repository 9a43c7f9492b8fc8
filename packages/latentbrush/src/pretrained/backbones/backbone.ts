import type { Tensor } from '@latentbrush/engine';

/** The receptive field and the output of a layer. */
export interface LayerInfo {
  readonly name: string;
  /** The operation of the layer, in a word or two. */
  readonly kind: string;
  /** Channels of its output. */
  readonly channels: number;
  /** Pixels of the picture between neighbouring elements of its output. */
  readonly stride: number;
  /** Receptive field in pixels along the longer axis; undefined if unknown. */
  readonly receptiveField: number | undefined;
}

/** A frozen convolutional network with readable, differentiable layers. */
export interface Backbone {
  /** `inception_v3`, `vgg19` ... or the path of an ONNX file */
  readonly name: string;
  /** The source of the weights, for people. */
  readonly origin: string;
  /**
   * Height and width of the pictures that an ONNX file was exported for, if the file names them. Some networks, such as vision transformers, compute
   * at no other size.
   */
  readonly exportedFor?: readonly [height: number, width: number] | undefined;
  /** The usable layers, in the order of computation. */
  readonly layers: readonly LayerInfo[];
  /** Reasons why other values of the network are not layers, by name (default: none). */
  readonly unusable?: ReadonlyMap<string, string>;
  /**
   * The name of a layer in this network (accepts Keras' aliases). @throws InputError when it does not exist, with the nearest names; or
   * when the available weights do not reach it
   */
  layerNamed(name: string): LayerInfo;
  /**
   * Smallest height and width for which the layers have outputs; 1 if unknown, as for ONNX files.
   * @param layers names
   */
  smallestSize(layers: readonly string[]): number;
  /**
   * The outputs of layers `[batch, channels, height', width']` by name.
   * @param picture `[batch, 3, height, width]`, RGB, 0 to 255
   * @throws ShapeError (an ONNX file: InputError) when the picture is too small for a layer
   */
  activations(picture: Tensor, layers: readonly string[]): ReadonlyMap<string, Tensor>;
}
