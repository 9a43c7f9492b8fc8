import { constant, div, float32, sub, type Tensor } from '@latentbrush/engine';

/**
 * The preprocessing of RGB values of 0 to 255: y = (x - mean) / scale, for each channel. `bgr` means that the first kernel reads blue,
 * green, red.
 */
export interface Preprocessing {
  /** of red, green, blue, in 0..255 */
  readonly mean: readonly [number, number, number];
  /** of red, green, blue, in 0..255 */
  readonly scale: readonly [number, number, number];
  readonly bgr: boolean;
}

/** The usual kinds of preprocessing, by name. */
export const preprocessings = {
  /** x / 127.5 - 1: `keras.applications.inception_v3.preprocess_input`. */
  inception: { mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5], bgr: false },
  /** BGR minus the ImageNet means: `keras.applications.vgg19.preprocess_input`, mode 'caffe'. */
  caffe: { mean: [123.68, 116.779, 103.939], scale: [1, 1, 1], bgr: true },
  /** Normalised with mean and standard deviation of ImageNet: torchvision. */
  imagenet: {
    mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
    scale: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    bgr: false,
  },
  /** x / 255 */
  unit: { mean: [0, 0, 0], scale: [255, 255, 255], bgr: false },
  /** x unchanged, 0 to 255 */
  none: { mean: [0, 0, 0], scale: [1, 1, 1], bgr: false },
} as const satisfies Readonly<Record<string, Preprocessing>>;

/** Name of a preprocessing. */
export type PreprocessingName = keyof typeof preprocessings;

/**
 * Preprocesses a picture in a graph; the channels stay in the order RGB (the first kernel of a BGR network is reversed).
 * @param picture `[batch, 3, height, width]`, RGB, 0 to 255
 */
export function preprocess(picture: Tensor, { mean, scale }: Preprocessing): Tensor {
  const perChannel = (values: readonly number[]): Tensor => constant(float32([...values], [1, 3, 1, 1]));
  const centred = mean.every((value) => value === 0) ? picture : sub(picture, perChannel(mean));
  return scale.every((value) => value === 1) ? centred : div(centred, perChannel(scale));
}
