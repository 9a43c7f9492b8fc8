import { readBmpHeader } from './bmp-header.ts';
import { openPicture, readableFormat } from './decode.ts';
import { readPictureBytes } from './picture-bytes.ts';
import { MAX_PIXELS } from '../pixel-limit.ts';

/**
 * The size of the picture in a file, with its EXIF orientation applied. Reads only the header: later damage is not found.
 * @throws InputError when the file is missing, a folder, too large or no picture, or cannot be read
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
