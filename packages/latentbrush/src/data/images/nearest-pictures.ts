import { InputError } from '@latentbrush/engine';
import type { Picture } from '../../image/index.ts';
import { storeOf, type ImageDataset } from './image-dataset.ts';

/** A picture of a data set, and how far another one is from it. */
export interface NearPicture {
  readonly index: number;
  /** Root mean square of the differences of values of 0 to 255. */
  readonly distance: number;
}

/**
 * The pictures of a data set that are most similar to a given one, by the difference of their pixels; the nearest first. @throws InputError
 * when it has another size
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const [nearest] = data.nearestPictures(train, data.pictureAt(train, 5), 1);
 * console.log(nearest); // { index: 5, distance: 0 }
 */
export function nearestPictures(dataset: ImageDataset, picture: Picture, count: number): NearPicture[] {
  const { channels, height, width } = dataset;
  const pictures = storeOf(dataset);
  if (picture.channels !== channels || picture.height !== height || picture.width !== width) {
    throw new InputError(
      `${dataset.name}: its pictures are ${width}x${height}; one of ${picture.width}x${picture.height} cannot be compared with them`,
    );
  }
  const { data } = picture;
  const size = data.length;
  const distances = Float64Array.from({ length: dataset.count }, (_, index) => {
    const bytes = pictures.read(index);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (data[i]! - bytes[i]!) ** 2;
    return Math.sqrt(sum / size);
  });
  return [...distances.keys()]
    .sort((a, b) => distances[a]! - distances[b]!)
    .slice(0, count)
    .map((index) => ({ index, distance: distances[index]! }));
}
