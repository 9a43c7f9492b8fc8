// The public exports of this folder, as `data`.
export { corpora, type CorpusEntry } from './text/corpora.ts';
export { plainText } from './text/utf8.ts';
export { loadCorpus, type Corpus, type CorpusOptions } from './text/corpus.ts';
export {
  openCorpus,
  type CorpusFile,
  type CorpusPiece,
  type CorpusPlace,
  type CorpusStream,
  type CorpusStreamOptions,
} from './text/corpus-stream.ts';
export { READING_RULES, type ReadingRules } from '../files/list-files.ts';
export {
  listPictures,
  readPictures,
  type FolderPicture,
  type ListingOptions,
} from './images/folders/picture-folder.ts';
export {
  findFrames,
  readFrames,
  type AnimationFrames,
  // oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
  type FilmFrames,
  type FrameOptions,
} from './images/folders/animation-frames.ts';
export {
  loadPainting,
  loadPhotograph,
  paintings,
  photographs,
  type EmbeddedPicture,
  type PaintingName,
  type Photograph,
  type PhotographName,
} from './images/embedded-pictures.ts';
export { loadImageDataset, type ImageDatasets } from './load-image-dataset.ts';
export { type ImageDatasetOptions, type LoadProgress } from './images/image-dataset-options.ts';
export {
  classCounts,
  pictureAt,
  subset,
  type ImageDataset,
  type SkippedPicture,
} from './images/image-dataset.ts';
export { matching } from './images/matching.ts';
export { PictureBatches, type BatchOptions } from './images/picture-batches.ts';
export { type Augmentation } from './images/augmentation.ts';
export { downloadableDatasets, type DatasetEntry, type DatasetFile } from './images/dataset-catalogue.ts';
export { emojiSetInfo, emojiSetNames, type EmojiSetInfo, type EmojiSetName } from './emoji/emoji-sets.ts';
export { nearestPictures, type NearPicture } from './images/nearest-pictures.ts';
