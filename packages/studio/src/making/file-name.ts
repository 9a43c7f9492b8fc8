import type { PictureReference } from '../pictures/chosen.ts';

/** The name of a picture's file on the command line. */
export function fileName(picture: PictureReference): string {
  if ('example' in picture) return `${picture.example}.jpg`;
  if ('upload' in picture) return 'picture.png';
  return picture.file.split('/').at(-1) ?? picture.file;
}

/** The flag of a mask on the command line; empty without one. */
export function maskWords(mask: PictureReference | undefined): string[] {
  return mask === undefined ? [] : ['--mask', 'mask.png'];
}
