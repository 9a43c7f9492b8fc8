import { float32, InputError, Random, type NDArray } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { inceptionV3Convolutions, vggConvolutions } from './torchvision-names.ts';
import { torchvisionWeights } from './torchvision-weights.ts';

/** Tensors with the names of torchvision's VGG with this many convolutions; one filter each, except the first, which has two. */
function vggTensors(convolutions: number, prefix = ''): Map<string, NDArray> {
  const random = new Random(1);
  const tensors = new Map<string, NDArray>();
  vggConvolutions(convolutions).forEach(({ place }, index) => {
    const shape = index === 0 ? [2, 3, 3, 3] : [1, 2, 3, 3];
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Array.from({ length: size }, () => random.normal());
    tensors.set(`${prefix}features.${place}.weight`, float32(values, shape));
    tensors.set(`${prefix}features.${place}.bias`, float32(index === 0 ? [0.25, -0.5] : [index]));
  });
  tensors.set(`${prefix}classifier.0.weight`, float32([1, 2], [1, 2]));
  return tensors;
}

describe("torchvision's VGG", () => {
  it.each([
    [13, 'block3_conv3/kernel', 'features.14.weight'],
    [16, 'block3_conv4/kernel', 'features.16.weight'],
  ])(
    'of %i convolutions: kernels [out, in, height, width] become [height, width, in, out]',
    (count, to, from) => {
      const tensors = vggTensors(count);
      const table = torchvisionWeights(tensors, 'vgg');
      const kernel = table?.get(to);
      expect(table?.size).toBe(2 * count);
      expect(kernel?.shape).toEqual([3, 3, 2, 1]);
      const oihw = tensors.get(from)?.data ?? [];
      for (let tap = 0; tap < 9; tap++) {
        expect(kernel?.data[tap * 2]).toBe(oihw[tap]);
        expect(kernel?.data[tap * 2 + 1]).toBe(oihw[9 + tap]);
      }
    },
  );

  it('also with the prefix of a larger model', () => {
    expect(torchvisionWeights(vggTensors(13, 'backbone.'), 'vgg')?.has('block5_conv3/bias')).toBe(true);
  });

  it("gives with Keras' preprocessing the values of torchvision's", () => {
    const tensors = vggTensors(13);
    const weight = tensors.get('features.0.weight')!.data as Float32Array;
    const table = torchvisionWeights(tensors, 'vgg')!;
    const kernel = table.get('block1_conv1/kernel')!.data;
    const random = new Random(2);
    const rgb = Array.from({ length: 27 }, () => random.uniform(0, 255)); // [channel, tap]
    for (let filter = 0; filter < 2; filter++) {
      let torchvision = [0.25, -0.5][filter]!;
      let keras = table.get('block1_conv1/bias')!.data[filter]!;
      for (let channel = 0; channel < 3; channel++) {
        for (let tap = 0; tap < 9; tap++) {
          const value = rgb[channel * 9 + tap]!;
          const normalised =
            (value / 255 - [0.485, 0.456, 0.406][channel]!) / [0.229, 0.224, 0.225][channel]!;
          torchvision += weight[(filter * 3 + channel) * 9 + tap]! * normalised;
          const lessMean = value - [123.68, 116.779, 103.939][channel]!;
          keras += kernel[(tap * 3 + (2 - channel)) * 2 + filter]! * lessMean; // Keras reads blue first
        }
      }
      expect(keras).toBeCloseTo(torchvision, 5);
    }
  });

  it('is refused with batch normalisation, with another number of convolutions, and with a missing part', () => {
    const normalised = vggTensors(13).set('features.1.running_mean', float32([0, 0]));
    const shallow = new Map([...vggTensors(13)].slice(0, 16));
    const partial = vggTensors(16);
    partial.delete('features.34.bias');
    const refusal = (tensors: Map<string, NDArray>) => (): unknown => torchvisionWeights(tensors, 'vgg');
    expect(refusal(normalised)).toThrow(
      new InputError('vgg: a VGG with batch normalisation; give vgg16 or vgg19 without it'),
    );
    expect(refusal(shallow)).toThrow(
      new InputError('vgg: a VGG of 8 convolutions; VGG16 has 13 and VGG19 has 16'),
    );
    expect(refusal(partial)).toThrow(
      new InputError('vgg: tensor "features.34.bias" is missing; the file is incomplete'),
    );
  });
});

describe("torchvision's InceptionV3", () => {
  const tensors = new Map<string, NDArray>();
  inceptionV3Convolutions.forEach((name, index) => {
    tensors.set(`${name}.conv.weight`, float32([index, -index], [1, 2, 1, 1]));
    tensors.set(`${name}.bn.weight`, float32([1]));
    tensors.set(`${name}.bn.bias`, float32([2]));
    tensors.set(`${name}.bn.running_mean`, float32([3]));
    tensors.set(`${name}.bn.running_var`, float32([4 + index]));
  });
  const table = torchvisionWeights(tensors, 'inception')!;

  it('has its convolutions in the order of Keras', () => {
    expect(table.size).toBe(94 * 5);
    expect(table.get('conv2d_1/kernel')).toEqual(float32([0, -0], [1, 1, 2, 1]));
    expect(table.get('conv2d_94/kernel')).toEqual(float32([93, -93], [1, 1, 2, 1]));
  });

  it("has its batch normalisations by Keras' names", () => {
    expect(table.get('batch_normalization_94/gamma')?.data[0]).toBe(1);
    expect(table.get('batch_normalization_94/beta')?.data[0]).toBe(2);
    expect(table.get('batch_normalization_94/moving_mean')?.data[0]).toBe(3);
    expect(table.get('batch_normalization_94/moving_variance')?.data[0]).toBe(97);
  });
});

it('other tensors are none of these', () => {
  expect(torchvisionWeights(new Map([['layer1.weight', float32([1])]]), 'other')).toBeUndefined();
});
