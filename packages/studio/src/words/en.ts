import { galleryWords } from './en/gallery.ts';
import { liveWords } from './en/live.ts';
import { makingWords } from './en/making.ts';
import { pretrainedWords } from './en/pretrained.ts';
import { shellWords } from './en/shell.ts';

/** The texts of another language for these: a missing one is a type error. */
export type Texts<English> = Readonly<Record<keyof English, string>>;

/** All texts of the page in English. */
export const en = {
  ...shellWords,
  ...makingWords,
  ...galleryWords,
  ...liveWords,
  ...pretrainedWords,
} as const;

/** The texts that each language has. */
export type Words = Texts<typeof en>;
