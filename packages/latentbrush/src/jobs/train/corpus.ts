import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import {
  corpora,
  textFilesIn,
  type Corpus,
  type CorpusStream,
  type CorpusStreamOptions,
  type ReadingRules,
} from '../../data/index.ts';
import { kindOf } from '../../files/file-kind.ts';
import type { Recipe } from '../../image/index.ts';
import type { TrainOptions } from '../../text/index.ts';
import type { JobWork } from '../job.ts';
import { sampleRecipe, type TrainedFrom } from './samples.ts';

/** A corpus for training. */
export const CORPUS = z
  .string()
  .describe(
    'text file, folder of .txt and .md files, "-" for standard input, or a name: moby-dick, nietzsche, shakespeare',
  );

/** In a recipe: the name of a corpus in place of files. */
export const corpusName = z
  .enum(corpora.map(({ name }) => name))
  .optional()
  .meta({ hidden: true })
  .describe('name of a corpus that is not a file');

/** The job that makes the sample texts of a training again. */
export const SAMPLE_JOB = 'text.train-sample';

/** How a job loads a corpus: where it looks, how it stops, and how it reports its progress. */
export function readingOfCorpus({ dataDir, offline, signal, report }: JobWork): CorpusStreamOptions {
  return {
    dataDir,
    offline,
    signal,
    onProgress: ({ received, total }) =>
      void report.progress(received, total ?? received, 'bytes downloaded'),
    onRead: ({ done, total }) => void report.progress(done, total, 'bytes read'),
  };
}

/** The recipes of the sample texts of a training on a corpus. */
export function samplesFrom(corpus: Corpus | CorpusStream, rules: ReadingRules) {
  const { name, source: place } = corpus;
  return async (options: TrainOptions): Promise<Recipe> => {
    // A copy of a known corpus has another name than its file; its name finds it on every machine.
    const isKnown = corpora.some((known) => known.name === name) && basename(place) !== name;
    const isStream = place === '-' || (await stat(place).catch(() => undefined))?.isFIFO() === true;
    // A stream cannot be read twice. A file with its name and text can take its place.
    const from =
      isStream && 'sha256' in corpus
        ? { files: { corpus: [{ name, sha256: corpus.sha256 }] }, options: { rules } }
        : await trainedFromCorpus(isKnown ? name : place, rules, isKnown);
    return sampleRecipe(SAMPLE_JOB, from, options);
  };
}

/**
 * The corpus of a training, for the recipes of its sample texts.
 * @param place its path or name
 * @param isKnown whether it is the name of a known corpus, even if a file has that name
 */
export async function trainedFromCorpus(
  place: string,
  rules: ReadingRules,
  isKnown = false,
): Promise<TrainedFrom> {
  const kind = isKnown ? undefined : await kindOf(place);
  if (kind === undefined) return { files: {}, options: { named: place.toLowerCase(), rules } };
  const files = kind === 'file' ? place : { folder: place, files: await textFilesIn(place, rules) };
  return { files: { corpus: [files] }, options: { rules } };
}

/** A corpus in the request for sample texts: a path, or the name of a known corpus. */
interface GivenCorpus {
  readonly place: string;
  /** With this, a file with that name is not meant. */
  readonly isKnown: boolean;
}

/** The corpus in the request for sample texts. @throws InputError when it has none */
export function givenCorpus(given: string | undefined, named: string | undefined): GivenCorpus {
  const place = given ?? named;
  if (place === undefined)
    throw new InputError('text training: the recipe names no corpus; use a file from the samples of a run');
  return { place, isKnown: given === undefined };
}

/** The corpus with the place to find it again when the run is resumed: its absolute path, or its given name. */
export function withOrigin<C extends Corpus | CorpusStream>(loaded: C, asked: string): C {
  return { ...loaded, source: isAbsolute(loaded.source) ? loaded.source : asked };
}
