import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { READING_RULES, type ReadingRules } from '../data/index.ts';
import { storedOptions } from '../renamed-options.ts';
import { recordedRules, rulesOf } from '../runs/dataset-record.ts';
import { readRun, type RunContents, type RunKind } from '../runs/training-run.ts';
import { counted } from '../counted.ts';
import { JobCall, OptionError, words } from '../words.ts';
import { progressSchema, type Progress } from '../training/index.ts';
import type { TextData, TextSource } from './data.ts';
import { trainOptions, type TrainOptions } from './options.ts';
import { sha256OfVocabulary, Vocabulary } from './tokenizer.ts';

const extraSchema = z.object({
  corpus: z.object({
    name: z.string(),
    source: z.string().nullable(),
    characters: z.number(),
    sha256: z.string(),
    rules: recordedRules,
  }),
  architecture: z.object({
    model: z.enum(['lstm', 'gru', 'conv']),
    units: z.number(),
    layers: z.number(),
    embedding: z.number(),
    kernelSize: z.number(),
    vocabularySize: z.number(),
  }),
  vocabulary: z.object({
    level: z.enum(['char', 'word']),
    lowerCase: z.boolean(),
    tokens: z.array(z.string()),
  }),
  passages: z.array(z.string()).min(1),
});

/** The records of a run besides its options. */
export type TextExtra = z.output<typeof extraSchema>;

const countsSchema = z.object({
  /** SHA-256 of the vocabulary, to refuse a checkpoint of another one. */
  vocabulary: z.string(),
});

/** The state of a language model in checkpoints besides its weights. */
export type TextCounts = z.output<typeof countsSchema>;

const storedSums = z.object({
  vocabulary: z.string(),
  progress: z.object({
    lossSum: z.number(),
    batches: z.number(),
    bestLoss: z.number().nullable(),
    epochsWithoutBest: z.number(),
    epochsEnded: z.number(),
  }),
});

// The format of versions up to 0.1.
function migrate(stored: unknown): unknown {
  const old = storedSums.safeParse(stored);
  if (!old.success) return stored;
  const { vocabulary, progress } = old.data;
  const { lossSum: loss, batches: weight, ...rest } = progress;
  return { ...rest, sums: { loss }, weight, counts: { vocabulary } };
}

/** Runs of language models. */
export const textRuns: RunKind<TrainOptions, TextExtra, Progress<TextCounts>> = {
  system: 'text',
  options: storedOptions(trainOptions),
  extra: extraSchema,
  progress: progressSchema(countsSchema, migrate),
  identity: ({ corpus }) => corpus.sha256,
};

/**
 * The records of a run about a corpus and its vocabulary.
 * @param trainedOn the run, when it is continued: its corpus is read as before
 */
export function extraOf(
  {
    name,
    source,
    rules = READING_RULES,
  }: Pick<TextSource, 'name' | 'source'> & {
    readonly rules?: ReadingRules | undefined;
  },
  data: TextData,
  trainedOn?: TextExtra,
): TextExtra {
  const { architecture, vocabulary, passages, characters, sha256 } = data;
  return {
    corpus: {
      name,
      source: source ?? null,
      characters,
      sha256,
      rules: trainedOn === undefined ? rules : trainedOn.corpus.rules,
    },
    architecture,
    vocabulary: { ...vocabulary.toJSON(), tokens: [...vocabulary.tokens] },
    passages: [...passages],
  };
}

/**
 * Where to find the corpus of a run, a path or a name, and the rules for reading it unchanged. @param given the corpus, if it is given again
 * @throws InputError when the folder is not a text run; also when no corpus is given and the recorded one was not a file or a name
 * @example
 * const { source, rules } = await text.corpusOf('runs/mine');
 * const corpus = await data.loadCorpus(source, { rules });
 */
export async function corpusOf(
  folder: string,
  given?: string,
): Promise<{ readonly source: string; readonly rules: ReadingRules }> {
  const { corpus } = (await readRun(textRuns, folder)).extra;
  const source = given ?? corpus.source;
  if (given === undefined && (source === null || source === '-')) {
    const resumed = new JobCall({ job: 'text.resume', inputs: { corpus: 'CORPUS' }, run: folder });
    throw new OptionError(words`${folder}: its corpus did not come from a file; give it again: ${resumed}`);
  }
  return { source: source!, rules: rulesOf(corpus) };
}

/** @throws InputError when the corpus is not the one that a run was trained on */
export function checkCorpus(
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  { corpus }: TextExtra,
): void {
  if (sha256 !== corpus.sha256) {
    const hint = rulesOf(corpus) === 1 ? ', as version 0.1.0 read it: loadCorpus(source, { rules: 1 })' : '';
    throw new InputError(
      `corpus "${name}": it is not the text this run was trained on ("${corpus.name}", ${counted(corpus.characters, 'character')})${hint}; give that one, or start a new run`,
    );
  }
}

/** The vocabulary of a run. */
export function vocabularyOf({ extra }: Pick<RunContents<TrainOptions, TextExtra>, 'extra'>): Vocabulary {
  const { level, lowerCase, tokens } = extra.vocabulary;
  return new Vocabulary(level, lowerCase, tokens);
}

/** @throws InputError when a checkpoint has another vocabulary than run.json */
export function checkVocabulary(run: RunContents<TrainOptions, TextExtra>, counts: TextCounts): void {
  if (counts.vocabulary !== sha256OfVocabulary(vocabularyOf(run))) {
    throw new InputError(
      `${run.folder}: its checkpoint belongs to a model with another vocabulary; put back the checkpoint of this run`,
    );
  }
}
