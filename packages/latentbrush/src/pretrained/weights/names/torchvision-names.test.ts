import { describe, expect, it } from 'vitest';
import type { ConvolutionLayer, Architecture } from '../../backbones/keras/architecture.ts';
import { inceptionV3 } from '../../backbones/keras/inception-v3.ts';
import { vgg } from '../../backbones/keras/vgg.ts';
import { inceptionV3Convolutions, vggConvolutions } from './torchvision-names.ts';

function convolutionsOf(architecture: Architecture): ConvolutionLayer[] {
  return architecture.filter((layer) => layer.kind === 'convolution');
}

describe('vggConvolutions', () => {
  it.each([
    [16, 13],
    [19, 16],
  ] as const)('has the names of VGG%i, in its order', (depth, convolutions) => {
    const names = vggConvolutions(convolutions).map(({ keras }) => keras);
    expect(names).toEqual(convolutionsOf(vgg(depth)).map(({ name }) => name));
  });

  it("has the indices in torchvision's documentation", () => {
    expect(vggConvolutions(13).map(({ place }) => place)).toEqual([
      0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28,
    ]);
    expect(vggConvolutions(16).map(({ place }) => place)).toEqual([
      0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34,
    ]);
  });

  it('has no other VGG', () => {
    expect(vggConvolutions(8)).toEqual([]);
  });
});

// The kernel sizes in torchvision/models/inception.py, [height, width], that are not already in the names.
const KERNELS: Readonly<Record<string, readonly [number, number]>> = {
  branch1x1: [1, 1],
  branch_pool: [1, 1],
  branch5x5_1: [1, 1],
  branch5x5_2: [5, 5],
  branch3x3: [3, 3],
  branch3x3_1: [1, 1],
  branch3x3_2: [3, 3],
  branch3x3_2a: [1, 3],
  branch3x3_2b: [3, 1],
  branch3x3dbl_1: [1, 1],
  branch3x3dbl_2: [3, 3],
  branch3x3dbl_3: [3, 3],
  branch3x3dbl_3a: [1, 3],
  branch3x3dbl_3b: [3, 1],
  branch7x7_1: [1, 1],
  branch7x7_2: [1, 7],
  branch7x7_3: [7, 1],
  branch7x7dbl_1: [1, 1],
  branch7x7dbl_2: [7, 1],
  branch7x7dbl_3: [1, 7],
  branch7x7dbl_4: [7, 1],
  branch7x7dbl_5: [1, 7],
  branch7x7x3_1: [1, 1],
  branch7x7x3_2: [1, 7],
  branch7x7x3_3: [7, 1],
  branch7x7x3_4: [3, 3],
};

describe('inceptionV3Convolutions', () => {
  const keras = convolutionsOf(inceptionV3());

  it('names each of the 94 convolutions once', () => {
    expect(inceptionV3Convolutions).toHaveLength(keras.length);
    expect(new Set(inceptionV3Convolutions).size).toBe(94);
  });

  it('has kernels of the same sizes as this network', () => {
    const sizes = inceptionV3Convolutions.map((name) => {
      const [, branch] = name.split('.');
      if (branch !== undefined) return KERNELS[branch];
      const side = Number(name.slice(-1)); // Conv2d_1a_3x3
      return [side, side];
    });
    expect(sizes).toEqual(keras.map(({ kernelSize }) => kernelSize));
  });
});
