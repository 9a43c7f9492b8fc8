export { corpora, type CorpusEntry } from './corpora.ts';
export { loadCorpus, type Corpus, type CorpusOptions } from './corpus.ts';
export { listPictures, readPictures, type FolderPicture } from './picture-folder.ts';
export { loadPhotograph, photographs, type Photograph, type PhotographName } from './photographs.ts';
