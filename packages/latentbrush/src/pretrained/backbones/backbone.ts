import type { Tensor } from '@latentbrush/engine';

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

/** A frozen convolutional network whose layers can be looked at and differentiated. */
export interface Backbone {
  /** `inception_v3`, `vgg19` ... or the path of an ONNX file */
  readonly name: string;
  /** Where the weights are from, for people. */
  readonly origin: string;
  /** The layers whose outputs can be used, in the order of computation. */
  readonly layers: readonly LayerInfo[];
  /** Why other values of the network are not layers, by name (default: there are none). */
  readonly unusable?: ReadonlyMap<string, string>;
  /**
   * The name of a layer as this network has it (Keras' aliases are understood).
   * @throws InputError when it does not exist, with the nearest names; or is not part of the weights at hand
   */
  layerNamed(name: string): LayerInfo;
  /**
   * Height or width below which a layer has no output; 1 where that is not known, as for ONNX files.
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
