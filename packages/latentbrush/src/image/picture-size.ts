import { readableFormat, refuse, whole } from './decode.ts';
import { loadSharp } from './load-sharp.ts';
import { readPictureBytes } from './picture-bytes.ts';
import { MAX_PIXELS } from './pixel-limit.ts';

/**
 * The size that a picture file has once it is read, upright as its EXIF orientation says. Only its header is looked at: what is cut off
 * or damaged further on is not found.
 * @throws InputError when the file is missing, may not be read, is a folder, too large or not a picture
 */
export async function readPictureSize(path: string): Promise<{ height: number; width: number }> {
  const bytes = await readPictureBytes(path);
  const format = readableFormat(bytes, path);
  const sharp = await loadSharp();
  const header = sharp(bytes, { limitInputPixels: false, limitInputChannels: false, failOn: 'error' });
  const metadata = await whole(header.metadata(), format, path);
  refuse(metadata, path, MAX_PIXELS);
  const { height, width } = metadata.autoOrient;
  return { height, width };
}
