import { sizeOf, type Shape } from '../graph/dtype.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { constant, indices, type Tensor } from '../graph/tensor.ts';
import { gather } from './indexing.ts';
import { reshape, transpose } from './shape.ts';

/**
 * The kernel of the transposed convolution that equals a convolution of stride 1, and the reverse: reversed in space, input and output
 * channels exchanged, `[out, in / group, ...kernel]` -> `[in, out / group, ...kernel]`. The taps are reversed by a lookup while they are the
 * outermost axis: several times faster than Slice with negative steps. Each transposition exchanges two axes, which ONNX Runtime does four
 * times as fast as one of all axes.
 */
export function flippedKernel(w: Tensor, group: number): Tensor {
  const [outputs, inputs] = [w.dimension(0), w.dimension(1)];
  const kernel = w.shape.slice(2);
  const taps = sizeOf(kernel);
  const inputsFirst = transpose(reshape(w, [group, outputs / group, inputs, taps]), [0, 2, 1, 3]);
  const tapsFirst = transpose(reshape(inputsFirst, [outputs * inputs, taps]), [1, 0]);
  const reversed = gather(tapsFirst, indices(Array.from({ length: taps }, (_, tap) => taps - 1 - tap)));
  return reshape(transpose(reversed, [1, 0]), [group * inputs, outputs / group, ...kernel]);
}

/** {@link flippedKernel} of one group as a constant, so that exported files contain the flipped kernel, not the flipping. */
export function flippedConstant({ shape, data: values }: NDArray): Tensor {
  const data = values as Float32Array;
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  const taps = sizeOf(kernel);
  const flipped = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let tap = 0; tap < taps; tap++)
        flipped[(i * outputs + o) * taps + taps - 1 - tap] = data[(o * inputs + i) * taps + tap] ?? 0;
  return constant(float32(flipped, [inputs, outputs, ...kernel]));
}

/** The pads with which a convolution with the flipped kernel reaches as far as the transposed one, and the reverse. */
export function flippedPads(
  kernel: Shape,
  pads: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  const dims = kernel.length;
  return pads.map((amount, i) => (dilations[i % dims] ?? 1) * ((kernel[i % dims] ?? 1) - 1) - amount);
}
