import { inColor, luminance, type Picture } from '../../image/index.ts';

/** Three planes of the luminance. */
export function grey(source: Picture): Picture {
  return inColor(luminance(source));
}

/** The luminance of the style, shifted and scaled to the mean and deviation of the content's: Gatys et al. 2016, section 4. */
export function matchedGrey(style: Picture, content: Picture): Picture {
  const own = moments(luminance(style).data);
  const wanted = moments(luminance(content).data);
  const result = grey(style);
  const scale = own.deviation > 0 ? wanted.deviation / own.deviation : 1;
  return { ...result, data: result.data.map((value) => (value - own.mean) * scale + wanted.mean) };
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
