import { encodePicture } from '../../image/index.ts';
import { pngFile } from '../../image/testing/png-file.ts';
import { pattern } from './pictures.ts';

/** Files that are not pictures, by name, each with the message that the program must print. */
export const badPictures = {
  'notes.png': /notes\.png: is not a picture; a JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP is needed/,
  'empty.png': /empty\.png: is empty; a picture is needed/,
  'cut.png': /cut\.png: is a damaged or truncated PNG \(.*\); a complete one is needed/,
  'bomb.png': /bomb\.png: has 50000x50000 pixels \(2500\.0 megapixels\), above the limit of/,
} as const satisfies Readonly<Record<string, RegExp>>;

/** Their contents. */
export async function badPictureFiles(): Promise<Record<keyof typeof badPictures, Uint8Array>> {
  const whole = await encodePicture(pattern(60, 50), 'png');
  const header = { width: 50_000, height: 50_000, bits: 8, colorType: 2 } as const;
  return {
    'notes.png': new TextEncoder().encode('Milk, bread, a new brush.\n'),
    'empty.png': new Uint8Array(0),
    'cut.png': whole.subarray(0, whole.length >> 1),
    'bomb.png': pngFile(header, [255, 0, 0]),
  };
}
