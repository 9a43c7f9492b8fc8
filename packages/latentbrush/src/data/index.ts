export { corpora, type CorpusEntry } from './corpora.ts';
export { loadCorpus, type Corpus, type CorpusOptions } from './corpus.ts';
