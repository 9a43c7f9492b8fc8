import { float32, InputError, type NDArray } from '@latentbrush/engine';
import { batchNormalizationNames, inceptionV3Convolutions, vggConvolutions } from './torchvision-names.ts';
import { fromOihw } from './kernel-layout.ts';
import type { WeightTable } from '../weight-table.ts';

/** Tensors by their names in a framework. */
export type NamedTensors = ReadonlyMap<string, NDArray>;

/**
 * Mean and standard deviation, of red, green and blue in 0..1, in torchvision's preprocessing for VGG (`ImageClassification` of
 * torchvision/transforms/_presets.py), and the means that Keras' VGG subtracts, in 0..255.
 */
const TORCHVISION_MEAN = [0.485, 0.456, 0.406] as const;
const TORCHVISION_STD = [0.229, 0.224, 0.225] as const;
const CAFFE_MEAN = [123.68, 116.779, 103.939] as const;

/**
 * The weights of torchvision's VGG16, VGG19 or InceptionV3 (also those of timm) as a table with Keras' names and layout.
 *
 * - VGG: its first convolution is rewritten for Keras' preprocessing, BGR in 0..255 minus the means, in place of torchvision's (x / 255 -
 *   mean) / std. The activations are torchvision's, except at the outermost pixels of the picture, where the padding is a colour that
 *   differs by at most 0.5 of 255.
 * - InceptionV3: Google's own weights, ported, for x / 127.5 - 1 and an epsilon of 0.001 like Keras'. torchvision counts padding in its
 *   average pools and Keras does not, so that borders of deep layers differ a little.
 * @param name of the file in messages
 * @returns undefined when the names are not torchvision's
 * @throws InputError when it is another VGG, or a tensor is missing or has another shape
 */
export function torchvisionWeights(tensors: NamedTensors, name: string): WeightTable | undefined {
  const vggPrefix = prefixBefore(tensors, 'features.0.weight');
  if (vggPrefix !== undefined) return vggWeights(tensors, `${vggPrefix}features.`, name);
  const inceptionPrefix = prefixBefore(tensors, `${inceptionV3Convolutions[0]}.conv.weight`);
  if (inceptionPrefix !== undefined) return inceptionWeights(tensors, inceptionPrefix, name);
  return undefined;
}

// Models inside models have a prefix: "module." of DataParallel, "backbone." and so on.
function prefixBefore(tensors: NamedTensors, ending: string): string | undefined {
  for (const key of tensors.keys()) {
    if (key === ending || key.endsWith(`.${ending}`)) return key.slice(0, -ending.length);
  }
  return undefined;
}

function vggWeights(tensors: NamedTensors, prefix: string, name: string): WeightTable {
  const keys = [...tensors.keys()].filter((key) => key.startsWith(prefix));
  if (keys.some((key) => key.endsWith('.running_mean'))) {
    throw new InputError(`${name}: a VGG with batch normalisation; give vgg16 or vgg19 without it`);
  }
  const count = keys.filter((key) => key.endsWith('.weight')).length;
  const convolutions = vggConvolutions(count);
  if (convolutions.length === 0) {
    throw new InputError(`${name}: a VGG of ${count} convolutions; VGG16 has 13 and VGG19 has 16`);
  }
  const table = new Map<string, NDArray<'float32'>>();
  convolutions.forEach(({ keras, place }, index) => {
    const oihw = tensorOf(tensors, `${prefix}${place}.weight`, 4, name);
    const bias = tensorOf(tensors, `${prefix}${place}.bias`, 1, name);
    const first = index === 0 ? forCaffePictures(oihw, bias, name) : { kernel: fromOihw(oihw), bias };
    table.set(`${keras}/kernel`, first.kernel);
    table.set(`${keras}/bias`, first.bias);
  });
  return table;
}

/*
 * Let x be a channel of the picture minus the Caffe mean c. torchvision's input is (x + c - 255 m) / (255 s): so divide the kernel by 255
 * s, and add its response to the constant to the bias. Channels are reversed, since Keras reads BGR.
 */
function forCaffePictures(
  oihw: NDArray<'float32'>,
  bias: NDArray<'float32'>,
  name: string,
): { kernel: NDArray<'float32'>; bias: NDArray<'float32'> } {
  const [filters = 0, channels = 0, height = 0, width = 0] = oihw.shape;
  if (channels !== 3 || bias.data.length !== filters) {
    throw new InputError(
      `${name}: its first convolution has kernel [${oihw.shape.join(', ')}] and bias [${bias.shape.join(', ')}], expected [64, 3, 3, 3] and [64]`,
    );
  }
  const taps = height * width;
  const scaled = new Float32Array(oihw.data.length);
  const shifted = Float64Array.from(bias.data);
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < 3; channel++) {
      const scale = 255 * TORCHVISION_STD[channel]!;
      const shift = (CAFFE_MEAN[channel]! - 255 * TORCHVISION_MEAN[channel]!) / scale;
      for (let tap = 0; tap < taps; tap++) {
        const value = oihw.data[(filter * 3 + channel) * taps + tap]!;
        scaled[(filter * 3 + 2 - channel) * taps + tap] = value / scale;
        shifted[filter] = shifted[filter]! + value * shift;
      }
    }
  }
  return { kernel: fromOihw(float32(scaled, oihw.shape)), bias: float32(Float32Array.from(shifted)) };
}

function inceptionWeights(tensors: NamedTensors, prefix: string, name: string): WeightTable {
  const table = new Map<string, NDArray<'float32'>>();
  inceptionV3Convolutions.forEach((convolution, index) => {
    const path = `${prefix}${convolution}`;
    table.set(`conv2d_${index + 1}/kernel`, fromOihw(tensorOf(tensors, `${path}.conv.weight`, 4, name)));
    for (const [torch, keras] of Object.entries(batchNormalizationNames)) {
      const array = tensorOf(tensors, `${path}.bn.${torch}`, 1, name);
      table.set(`batch_normalization_${index + 1}/${keras}`, array);
    }
  });
  return table;
}

function tensorOf(tensors: NamedTensors, key: string, rank: number, name: string): NDArray<'float32'> {
  const array = tensors.get(key);
  if (array === undefined)
    throw new InputError(`${name}: tensor "${key}" is missing; the file is incomplete`);
  const { dtype, shape } = array;
  if (dtype !== 'float32' || shape.length !== rank) {
    throw new InputError(
      `${name}: tensor "${key}" is ${dtype} [${shape.join(', ')}], expected floats in ${rank} dimensions`,
    );
  }
  return array as NDArray<'float32'>;
}
