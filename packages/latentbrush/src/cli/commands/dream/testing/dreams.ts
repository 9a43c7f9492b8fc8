import { join } from 'node:path';
import * as op from '@latentbrush/engine';
import { Random, type Tensor } from '@latentbrush/engine';
import { expect } from 'vitest';
import { readPicture, type Picture } from '../../../../image/index.ts';
import { call } from '../../../testing/call.ts';
import { folderOfPictures, pattern } from '../../../testing/pictures.ts';
import type { Finished } from '../../../testing/program.ts';

/** A picture of stripes, small enough for a fraction of a second. */
export const photo = pattern(110, 100);
/** A shallow layer and two steps at one size: a fraction of a second. */
export const quick = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '2', '--threads', '1'];

/** The program in a folder with the photograph. */
export async function dream(args: readonly string[], folder: string): Promise<Finished> {
  return call(['dream', ...args], folder);
}

/** Makes a dream and reads the written picture. */
export async function dreamed(args: readonly string[], folder: string, file = 'out.png'): Promise<Picture> {
  const { code, stderr } = await dream(['photo.png', '-o', file, '--quiet', ...args], folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readPicture(join(folder, file));
}

/** A folder with only the photograph. */
export const folderWithPhoto = (): Promise<string> => folderOfPictures({ 'photo.png': photo });

/**
 * A small network as an ONNX file: a convolution, named Conv_1, and layers on top of it, named features.
 * @param build by default a ReLU
 */
export function ownNetwork(build: (features: Tensor) => Tensor = op.relu): Uint8Array {
  const kernel = op.float32(new Float32Array(5 * 3 * 3 * 3), [5, 3, 3, 3]);
  new Random(2).fillUniform(kernel.data, -1, 1);
  const image = op.input('image', [1, 3, 64, 64]);
  const features = op.conv2d(image, op.constant(kernel), { strides: 2, padding: 'same' });
  return op.encodeOnnx(new op.Graph({ features: build(features) }));
}

/** The arguments for a dream with {@link ownNetwork}, saved in own.onnx. */
export const own = [...quick, '--backbone', 'own.onnx', '--layers', 'features=1'];
