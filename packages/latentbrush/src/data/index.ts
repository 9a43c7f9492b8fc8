export { corpora, type CorpusEntry } from './corpora.ts';
export { plainText } from './utf8.ts';
export { loadCorpus, type Corpus, type CorpusOptions } from './corpus.ts';
export { READING_RULES, type ReadingRules } from '../files/list-files.ts';
export { listPictures, readPictures, type FolderPicture, type ListingOptions } from './picture-folder.ts';
export { findFrames, readFrames, type FilmFrames, type FrameOptions } from './film-frames.ts';
export {
  loadPainting,
  loadPhotograph,
  paintings,
  photographs,
  type EmbeddedPicture,
  type PaintingName,
  type Photograph,
  type PhotographName,
} from './embedded-pictures.ts';
export { loadImageDataset, type ImageDatasets } from './load-image-dataset.ts';
export { type ImageDatasetOptions, type LoadProgress } from './image-dataset-options.ts';
export { classCounts, pictureAt, subset, type ImageDataset, type SkippedPicture } from './image-dataset.ts';
export { matching } from './matching.ts';
export { PictureBatches, type BatchOptions } from './picture-batches.ts';
export { type Augmentation } from './augmentation.ts';
export { downloadableDatasets, type DatasetEntry, type DatasetFile } from './dataset-catalogue.ts';
export { emojiSetInfo, emojiSetNames, type EmojiSetInfo, type EmojiSetName } from './emoji-sets.ts';
export { nearestPictures, type NearPicture } from './nearest-pictures.ts';
