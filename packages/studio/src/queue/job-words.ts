import type { QueuedJob, StoredWords } from 'latentbrush/studio';
import { ServerError } from '../api/client.ts';
import { optionWords, type Language, type Say, type WordKey } from '../words/index.ts';
import { programSentence } from '../words/program/index.ts';

const SYSTEMS = ['dream', 'style', 'vae', 'gan', 'text'] as const;

/** The name of a system of the toolkit. */
export type System = (typeof SYSTEMS)[number];

/** The system that a job belongs to: `dream` for `dream.picture`. */
export function systemOf(job: string): System | undefined {
  return SYSTEMS.find((system) => job.startsWith(`${system}.`));
}

/** The title of a job: its system, and its task if the system has several. */
export function jobTitle(
  { job, options }: Pick<QueuedJob, 'job'> & Partial<Pick<QueuedJob, 'options'>>,
  say: Say,
): string {
  const system = systemOf(job);
  if (system === undefined) return job;
  const name = say(`system.${system}` satisfies WordKey);
  const [, task = ''] = job.split('.');
  if (options?.vary !== undefined) return `${name} · ${say('vary.sheet')}`;
  return ['picture', 'paint'].includes(task) ? name : `${name} · ${say(`task.${task}` as WordKey)}`;
}

/** A sentence of the server in the language of the page, with the labels of options. */
export function sentence(stored: StoredWords, job: string, language: Language): string {
  const english = stored
    .map((part) =>
      typeof part === 'string'
        ? withoutFolders(part)
        : `“${optionWords(language, job, part.option, '').label}”`,
    )
    .join('');
  return programSentence(english, language);
}

/** The places of the studio's files: people know their names only. */
const FOLDERS = /\S*[\\/](?:uploads|examples|jobs)[\\/](?:\S*[\\/])?([^\s\\/]+)/g;

function withoutFolders(text: string): string {
  return text.replace(FOLDERS, '$1');
}

/** The error message for the user. */
export function errorSentence(error: Error, job: string, say: Say, language: Language): string {
  if (!(error instanceof ServerError)) return say('error.unknown');
  if (error.status === 0) return say('error.unreachable');
  return error.words.length === 0 ? say('error.unknown') : sentence(error.words, job, language);
}

/** The first option in a sentence: its field shows the message. */
export function optionNamed(stored: StoredWords): string | undefined {
  return stored.find((part) => typeof part !== 'string')?.option;
}
