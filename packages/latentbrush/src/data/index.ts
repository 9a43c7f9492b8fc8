// The exports for the other folders of the toolkit: the public ones, and internal ones.
export * from './public.ts';
export {
  download,
  DownloadError,
  NotDownloadedError,
  type DownloadOptions,
  type DownloadProgress,
} from './download/download.ts';
export { digestOf, mismatch } from './download/expected-file.ts';
export { defaultCacheDir, defaultDataDir } from './download/folders.ts';
export { ProxyVariableError } from './download/proxy.ts';
export { preparedData, pruneCache, type PreparedData } from './cache/cache-contents.ts';
export { packed, PACKED_KINDS, type PackedPart } from './cache/packed-file.ts';
export { loadKnownCorpus, textFilesIn } from './text/corpus.ts';
export { imageDataset, storeOf } from './images/image-dataset.ts';
export { locateKnownDataset } from './images/known-dataset.ts';
export { isPictureName } from './images/folders/picture-folder.ts';
export { holdingSeveral, noteOfSeveral } from './images/folders/several-pictures.ts';
