import type { Words } from './en.ts';
import { galleryWordsKo } from './ko/gallery.ts';
import { liveWordsKo } from './ko/live.ts';
import { makingWordsKo } from './ko/making.ts';
import { pretrainedWordsKo } from './ko/pretrained.ts';
import { shellWordsKo } from './ko/shell.ts';

/** All texts of the page in Korean. */
export const ko: Words = {
  ...shellWordsKo,
  ...makingWordsKo,
  ...galleryWordsKo,
  ...liveWordsKo,
  ...pretrainedWordsKo,
};
