import type { Random } from '@latentbrush/engine';
import { picture, type Picture } from '../image/index.ts';

/** Grey with a little noise in each colour: the start of feature visualisation. */
export function noisePicture(height: number, width: number, random: Random): Picture {
  const result = picture(3, height, width);
  for (let i = 0; i < result.data.length; i++) result.data[i] = 127.5 + 12.75 * random.normal();
  return result;
}
