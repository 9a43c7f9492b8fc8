import sharp, { type Sharp } from 'sharp';
import { type Picture } from '../picture.ts';
import { rgbBytes } from '../write/rgb-bytes.ts';
import { bmpFile } from './bmp-file.ts';

/** A picture as sharp's input, for tests that need files of a special kind. */
export function raw(source: Picture): Sharp {
  const { width, height } = source;
  return sharp(rgbBytes(source), { raw: { width, height, channels: 3 } });
}

/** Files by their kind. */
export type SampleFiles = Record<'png' | 'jpeg' | 'webp', Uint8Array> & Readonly<Record<string, Uint8Array>>;

/** A BMP file of 24 bits per pixel. */
function bmpOf(source: Picture): Uint8Array {
  const { height, width } = source;
  const rgb = rgbBytes(source);
  const rowBytes = Math.ceil((3 * width) / 4) * 4;
  const pixels = new Array<number>(rowBytes * height).fill(0);
  for (let i = 0; i < height * width; i++) {
    const at = (height - 1 - Math.floor(i / width)) * rowBytes + (i % width) * 3;
    for (let channel = 0; channel < 3; channel++) pixels[at + 2 - channel] = rgb[3 * i + channel]!;
  }
  return bmpFile({ width, height, bits: 24, pixels });
}

/** One file of each format that can be read, all of the same picture. */
export async function sampleFiles(source: Picture): Promise<SampleFiles> {
  return {
    png: await raw(source).png().toBuffer(),
    jpeg: await raw(source).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    'progressive jpeg': await raw(source)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4', progressive: true })
      .toBuffer(),
    webp: await raw(source).webp({ quality: 95 }).toBuffer(),
    'lossless webp': await raw(source).webp({ lossless: true }).toBuffer(),
    gif: await raw(source).gif({ dither: 0 }).toBuffer(),
    avif: await raw(source).avif({ quality: 95, chromaSubsampling: '4:4:4', effort: 0 }).toBuffer(),
    tiff: await raw(source).tiff({ compression: 'lzw' }).toBuffer(),
    'tiled tiff': await raw(source)
      .tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 })
      .toBuffer(),
    bmp: bmpOf(source),
    'jpeg tiff': await raw(source).tiff({ compression: 'jpeg', quality: 95 }).toBuffer(),
  };
}
