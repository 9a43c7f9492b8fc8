import { InputError } from '@latentbrush/engine';
import type { Metadata, Sharp } from 'sharp';
import { codecInput } from './codec-input.ts';
import { luminance } from '../edit/color.ts';
import { fileFormat, isRawName, type ReadableFormat } from './file-format.ts';
import { readPictureBytes } from './picture-bytes.ts';
import { picture, type Picture } from '../picture.ts';
import { checkPixels, MAX_PIXELS } from '../pixel-limit.ts';
import { counted } from '../../counted.ts';

/** Channels without opacity by colour space; all others have three. */
const COLORS: Readonly<Record<string, number>> = { 'b-w': 1, grey16: 1, cmyk: 4 };

/** How to decode a picture file into a {@link Picture}. */
export interface DecodeOptions {
  /** 3 (red, green, blue; the default) or 1 (the luminance of ITU-R BT.601). */
  readonly channels?: 1 | 3;
  /** The background of transparent pixels: red, green, blue from 0 to 255. Default white. */
  readonly background?: readonly [red: number, green: number, blue: number];
  /** Maximum number of pixels, width x height, to decode; default {@link MAX_PIXELS}. */
  readonly maxPixels?: number;
}

/** How to read a picture file. */
export interface ReadOptions extends DecodeOptions {
  /** Largest accepted file in bytes; default 512 MiB. */
  readonly maxBytes?: number;
}

/**
 * Reads a picture file; see {@link decodePicture}.
 * @throws InputError when the file is missing, a folder, too large, truncated or no picture, or cannot be read
 * @example
 * const cat = await image.readPicture('cat.jpg');
 * console.log(cat.channels); // 3
 */
export async function readPicture(path: string, options: ReadOptions = {}): Promise<Picture> {
  return decodePicture(await readPictureBytes(path, options.maxBytes), path, options);
}

/**
 * The picture in the bytes of a JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP file. The bytes determine the format, not the file's name.
 *
 * Reads the first frame or page; `countPictures` counts them, `readAnimation` reads all of a GIF or WebP. The EXIF orientation is applied,
 * and colours are converted to sRGB (embedded ICC profiles, CMYK). Transparency is composited over `background` (`a c + (1 - a) b` on the
 * sRGB values, as browsers do) and grey is repeated for the three channels. Sixteen-bit samples `s` keep their precision: `s / 257` (those
 * of 10 and 12 bits likewise: their white is 255).
 * @param name the file, for messages
 * @throws InputError when the bytes are empty, no picture, damaged, truncated, or have more than `maxPixels`
 * @example
 * const bytes = await image.encodePicture(image.picture(3, 2, 3), 'png');
 * const { width, height } = await image.decodePicture(bytes, 'upload.png');
 * console.log(width, height); // 3 2
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions = {},
): Promise<Picture> {
  const format = readableFormat(bytes, name);
  const { maxPixels = MAX_PIXELS } = options;
  const { source, metadata } = await openPicture(bytes, format, name, maxPixels);
  const input = source.autoOrient();
  const deep = metadata.space === 'rgb16' || metadata.space === 'grey16';
  const samples = await whole(deep ? samples16(input, metadata) : samples8(input), format, name);
  const scale = deep ? white16(metadata) / 255 : 1;
  const result = pictureOf(samples, scale, options.background);
  return options.channels === 1 ? luminance(result) : result;
}

/** The format of a picture file. @throws InputError when it cannot be read */
export function readableFormat(bytes: Uint8Array, name: string): ReadableFormat {
  if (bytes.length === 0) throw new InputError(`${name}: is empty; a picture is needed`);
  const { readable, known = 'not a picture', isPicture } = fileFormat(bytes);
  if (isPicture || (readable === 'TIFF' && isRawName(name))) {
    const what = readable === undefined ? known : 'a camera raw file';
    throw new InputError(`${name}: is ${what}, which cannot be read; convert it to JPEG or PNG`);
  }
  if (readable !== undefined) return readable;
  throw new InputError(`${name}: is ${known}; a JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP is needed`);
}

/** A picture file that the codecs have opened. */
export interface OpenPicture {
  /** Its pixels, not yet decoded. */
  readonly source: Sharp;
  readonly metadata: Metadata;
}

/**
 * Opens a picture file. Refuses pictures that are too large or unsupported before decoding.
 * @param name the file, for messages
 * @throws InputError
 */
export async function openPicture(
  bytes: Uint8Array,
  format: ReadableFormat,
  name: string,
  maxPixels: number,
): Promise<OpenPicture> {
  if (format === 'BMP') {
    const source = await codecInput(bytes, format, name, maxPixels);
    return { source, metadata: await whole(source.metadata(), format, name) };
  }
  // Only our own limits apply until the size is known, so that the message can name it.
  const header = await codecInput(bytes, format, name, false);
  const metadata = await whole(header.metadata(), format, name);
  refuse(metadata, name, maxPixels);
  return { source: await codecInput(bytes, format, name, maxPixels), metadata };
}

/** The metadata of a picture before decoding, with the names of sharp. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Type of a sample: `uchar` for 8 bits. */
  readonly depth: string;
  /** Colour space, such as `srgb`. */
  readonly space: string;
}

/** Refuses pictures that are too large or unsupported. @throws InputError */
export function refuse(
  { width, height, channels, depth, space }: Header,
  name: string,
  maxPixels: number,
): void {
  checkPixels(name, { height, width }, maxPixels);
  // The value of white is unknown in floats and long integers.
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new InputError(`${name}: has samples of type ${depth}; save it with 8 or 16 bits per sample`);
  if (channels > 1 + (COLORS[space] ?? 3))
    throw new InputError(`${name}: has ${counted(channels, 'channel')}; save it as RGB, RGBA, CMYK or grey`);
}

/** The samples of decoded pixels, pixel by pixel. */
export interface Samples {
  /** Red, green, blue and possibly opacity of every pixel. */
  readonly data: Uint8Array | Uint16Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

async function samples8(input: Sharp): Promise<Samples> {
  const { data, info } = await input.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { data, channels: info.channels, height: info.height, width: info.width };
}

async function samples16(input: Sharp, { hasProfile, space }: Metadata): Promise<Samples> {
  const wide = input.toColourspace('rgb16');
  // Sharp converts 16-bit colours with a profile to Display P3; only an output profile converts them to sRGB.
  const standard = hasProfile && space === 'rgb16' ? wide.withIccProfile('srgb') : wide;
  const { data, info } = await standard.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
  const { buffer, byteOffset, length } = data.byteOffset % 2 === 0 ? data : Uint8Array.from(data);
  const samples = new Uint16Array(buffer, byteOffset, length / 2);
  return { data: samples, channels: info.channels, height: info.height, width: info.width };
}

/** White of 16-bit samples. Those of a 10-bit or 12-bit AVIF file are shifted left, so their white is not 65,535. */
function white16({ format, bitsPerSample = 16 }: Metadata): number {
  return format === 'heif' ? (2 ** bitsPerSample - 1) * 2 ** (16 - bitsPerSample) : 65_535;
}

/** Planes from 0 to 255, opaque, from interleaved samples from 0 to 255 `scale`. */
export function pictureOf(
  { data, channels, height, width }: Samples,
  scale = 1,
  background: readonly [number, number, number] = [255, 255, 255],
): Picture {
  const pixels = width * height;
  if ((channels !== 3 && channels !== 4) || data.length !== channels * pixels)
    throw new Error(
      `sharp: gave ${data.length} samples for ${width}x${height} pixels of ${channels} channels`,
    );
  const result = picture(3, height, width);
  for (let channel = 0; channel < 3; channel++) {
    const plane = result.data.subarray(channel * pixels, (channel + 1) * pixels);
    const behind = background[channel]!;
    for (let i = 0; i < pixels; i++) {
      const value = Math.min(255, data[i * channels + channel]! / scale);
      const opacity = channels === 4 ? Math.min(1, data[i * 4 + 3]! / (255 * scale)) : 1;
      plane[i] = behind + opacity * (value - behind);
    }
  }
  return result;
}

/** Turns the library's message about a damaged file, which can be long, into one line. */
export async function whole<T>(work: Promise<T>, format: ReadableFormat, name: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const said = error.message
      .replace('Input buffer has corrupt header:', '')
      .replace(/\s*\(\d+\.\d+\)\s*$/, '') // the number of an error of the AVIF decoder, on its own line
      .trim();
    const reason = said === '' ? 'its header cannot be read' : said.split('\n').at(-1);
    throw new InputError(
      `${name}: is a damaged or truncated ${format} (${reason}); a complete one is needed`,
      {
        cause: error,
      },
    );
  }
}
