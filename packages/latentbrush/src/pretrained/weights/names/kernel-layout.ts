import { float32, type NDArray } from '@latentbrush/engine';

/**
 * Turns a convolution kernel from the layout of PyTorch and ONNX, `[out, in, height, width]`, into that of Keras, `[height, width, in,
 * out]`.
 */
export function fromOihw({ shape, data }: NDArray<'float32'>): NDArray<'float32'> {
  const [filters = 0, channels = 0, height = 0, width = 0] = shape;
  const taps = height * width;
  const hwio = new Float32Array(data.length);
  let from = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < taps; tap++)
        hwio[(tap * channels + channel) * filters + filter] = data[from++]!;
    }
  }
  return float32(hwio, [height, width, channels, filters]);
}
