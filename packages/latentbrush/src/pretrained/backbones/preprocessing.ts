import { constant, div, float32, sub, type Tensor } from '@latentbrush/engine';

/**
 * What a network expects of a picture's RGB values of 0 to 255: y = (x - mean) / scale, for each channel.
 * `bgr` says that its first kernel reads blue, green, red.
 */
export interface Preprocessing {
  /** of red, green, blue, in 0..255 */
  readonly mean: readonly [number, number, number];
  /** of red, green, blue, in 0..255 */
  readonly scale: readonly [number, number, number];
  readonly bgr: boolean;
}

/** The usual ways to prepare pictures, by name. */
export const preprocessings = {
  /** x / 127.5 - 1: `keras.applications.inception_v3.preprocess_input`. */
  inception: { mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5], bgr: false },
  /** BGR less the ImageNet means: `keras.applications.vgg19.preprocess_input`, mode 'caffe'. */
  caffe: { mean: [123.68, 116.779, 103.939], scale: [1, 1, 1], bgr: true },
  /** Normalised with mean and standard deviation of ImageNet: torchvision. */
  imagenet: {
    mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
    scale: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    bgr: false,
  },
  /** x / 255 */
  unit: { mean: [0, 0, 0], scale: [255, 255, 255], bgr: false },
  /** x as it is, 0 to 255 */
  none: { mean: [0, 0, 0], scale: [1, 1, 1], bgr: false },
} as const satisfies Readonly<Record<string, Preprocessing>>;

/** Name of a way to prepare pictures. */
export type PreprocessingName = keyof typeof preprocessings;

/**
 * Prepares a picture inside a graph; the order of the channels stays RGB (a BGR network has its first kernel turned round).
 * @param picture `[batch, 3, height, width]`, RGB, 0 to 255
 */
export function preprocess(picture: Tensor, { mean, scale }: Preprocessing): Tensor {
  const perChannel = (values: readonly number[]): Tensor => constant(float32([...values], [1, 3, 1, 1]));
  const centred = mean.every((value) => value === 0) ? picture : sub(picture, perChannel(mean));
  return scale.every((value) => value === 1) ? centred : div(centred, perChannel(scale));
}
