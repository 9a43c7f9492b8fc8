import type { PictureModel } from 'latentbrush/studio';
import type { LatentPoint } from './latent-points.ts';
import { floats, floatsOf, loadLiveModel, workOf } from './live-runtime.ts';

/**
 * The point of a picture in the latent space of a VAE: the mean of its distribution.
 * @param address of the encoder's ONNX file
 * @param picture of the model's size
 * @throws Error when the encoder cannot be loaded
 */
export async function encodePicture(
  address: string,
  facts: PictureModel,
  picture: ImageData,
): Promise<LatentPoint> {
  const { size, channels } = facts;
  const encoder = await loadLiveModel(address, { work: workOf(facts) });
  try {
    const pixels = encoderInput(picture, channels);
    const { outputs } = await encoder.run({ pictures: floats(pixels, [1, channels, size, size]) }, ['mean']);
    return [...floatsOf(outputs, 'mean')];
  } finally {
    encoder.release();
  }
}

/** Pixels of a canvas as the encoder reads them: planes, 0 to 1; grey by the weights of BT.601. */
function encoderInput({ data, width, height }: ImageData, channels: 1 | 3): Float32Array<ArrayBuffer> {
  const area = width * height;
  const planes = new Float32Array(channels * area);
  for (let i = 0; i < area; i++) {
    const [red, green, blue] = [data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!];
    if (channels === 1) planes[i] = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    else [planes[i], planes[area + i], planes[2 * area + i]] = [red / 255, green / 255, blue / 255];
  }
  return planes;
}
