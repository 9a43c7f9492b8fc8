/**
 * Interleaved samples as planes: `[height, width, channels]` becomes `[channels, height, width]`.
 * @param samples red, green, blue (and more) of every pixel
 * @param channels number of channels of a pixel
 * @param kept number of channels to keep; default all
 */
export function planesOf(samples: Uint8Array, channels: number, kept = channels): Uint8Array {
  const pixels = samples.length / channels;
  const planes = new Uint8Array(kept * pixels);
  for (let channel = 0; channel < kept; channel++) {
    const start = channel * pixels;
    for (let i = 0; i < pixels; i++) planes[start + i] = samples[i * channels + channel]!;
  }
  return planes;
}
