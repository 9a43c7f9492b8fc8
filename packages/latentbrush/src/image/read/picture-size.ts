import { readBmpHeader } from './bmp-header.ts';
import { openPicture, readableFormat } from './decode.ts';
import { readPictureBytes } from './picture-bytes.ts';
import { MAX_PIXELS } from '../pixel-limit.ts';

/**
 * The size that a picture file has once it is read, upright as its EXIF orientation says. Only its header is looked at: what is cut off
 * or damaged further on is not found.
 * @throws InputError when the file is missing, may not be read, is a folder, too large or not a picture
 * @example
 * const { width, height } = await image.readPictureSize('cat.jpg'); // without decoding its pixels
 */
export async function readPictureSize(path: string): Promise<{ height: number; width: number }> {
  const bytes = await readPictureBytes(path);
  const format = readableFormat(bytes, path);
  const { height, width } =
    format === 'BMP'
      ? readBmpHeader(bytes, path)
      : (await openPicture(bytes, format, path, MAX_PIXELS)).metadata.autoOrient;
  return { height, width };
}
