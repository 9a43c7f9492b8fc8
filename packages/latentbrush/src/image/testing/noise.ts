import { Random } from '@latentbrush/engine';
import { picture, type Picture } from '../picture.ts';

/** A picture of evenly distributed values from 0 to 255, the same for the same seed. */
export function noise(seed: number, channels: 1 | 3, height: number, width: number): Picture {
  const result = picture(channels, height, width);
  const random = new Random(seed);
  for (let i = 0; i < result.data.length; i++) result.data[i] = random.uniform(0, 255);
  return result;
}
