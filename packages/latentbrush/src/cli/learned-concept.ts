import { InputError } from '@latentbrush/engine';
import { matching, type ImageDataset } from '../data/index.ts';
import { writeConcept, type Concept } from '../latent/index.ts';
import type { Output } from './output.ts';
import { willWrite } from '../jobs/files-in-use.ts';

/** Numbers of the pictures of a data set with a quality and without it. */
export interface DividedPictures {
  readonly having: readonly number[];
  readonly lacking: readonly number[];
}

/**
 * Divides a data set by words in the names or classes of its pictures.
 * @param label pictures with these words have the quality; | between alternatives
 * @param against those with these have not; all others when left out
 */
export function dividedByWords(dataset: ImageDataset, label: string, against?: string): DividedPictures {
  const having = new Set(anyOf(dataset, label));
  const others =
    against === undefined ? Array.from({ length: dataset.count }, (_, i) => i) : anyOf(dataset, against);
  return { having: [...having], lacking: others.filter((index) => !having.has(index)) };
}

function anyOf(dataset: ImageDataset, words: string): number[] {
  return [...new Set(words.split('|').flatMap((alternative) => matching(dataset, alternative)))];
}

/**
 * Writes a concept and tells the evidence for it.
 * @param target where to write; default: a file named after the concept
 * @param evidence about what it was learned from: told with `--json`, and lines for people
 */
export async function writeLearned(
  concept: Concept,
  target: string | undefined,
  output: Output,
  { told = {}, lines }: { readonly told?: object; readonly lines: readonly string[] },
): Promise<void> {
  const { name, accuracy, chance, positives, negatives } = concept;
  const path = target ?? `${name.replace(/[^\p{L}\p{M}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '')}.json`;
  await willWrite(path);
  await writeConcept(path, concept);
  output.event({ type: 'done', path, name, accuracy, chance, positives, negatives, ...told });
  output.text(`${[`${path}: "${name}" ${lines[0] ?? ''}`, ...lines.slice(1)].join('\n  ')}\n`);
}

/**
 * What a concept is called, in NFC: a name can be typed in several ways.
 * @param chosen by `--name`, if it was given
 * @param otherwise the words or the folder that it is learned from
 * @throws InputError when a path was given, or nothing that can be read
 */
export function nameOfConcept(chosen: string | undefined, otherwise: string): string {
  if (chosen === undefined) return otherwise.normalize('NFC');
  const refused = `--name: ${JSON.stringify(chosen)} was given;`;
  if (/[/\\]/.test(chosen))
    throw new InputError(`${refused} a name is needed, not a path; say with -o where to write`);
  if (!/[\p{L}\p{N}]/u.test(chosen) || /\p{Cc}/u.test(chosen))
    throw new InputError(`${refused} a name of letters and digits is needed, as smile`);
  return chosen.normalize('NFC');
}

/** `0.934` as `93.4 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
