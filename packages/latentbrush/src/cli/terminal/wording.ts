import { flagOf } from '../../options.ts';
import { commandLine, pathWord } from '../../shell-word.ts';
import { messageOf, type AdvisedJob, type Words } from '../../words.ts';

/** Flags whose names differ from the job's options. */
const FLAGS: Readonly<Record<string, string>> = {
  framesPerSecond: '--fps',
  sourceFrame: '--frame',
  output: '-o',
};

/** Inputs that are arguments of commands; the others are flags. */
const ARGUMENTS = ['corpus', 'dataset', 'style'];

/** A sentence with options as flags and jobs as commands. */
export function inTerminal(sentence: Words): string {
  return sentence.written(flagOfOption, commandOfJob);
}

/** The message of an error with options as flags and jobs as commands. */
export function messageInTerminal(error: unknown): string {
  return messageOf(error, flagOfOption, commandOfJob);
}

/** The option of a job that a flag without its dashes sets: `max-loss` is `maxLoss`. */
export function optionOfFlag(name: string): string {
  const other = Object.entries(FLAGS).find(([, flag]) => flag === `--${name}`)?.[0];
  return other ?? name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** An option of a job in the form of the command line. */
export function flagOfOption(name: string): string {
  return FLAGS[name] ?? flagOf(name);
}

/** A job as the command that runs it: `latentbrush vae train DATASET --resume runs/faces`. */
export function commandOfJob({ job, inputs = {}, run, events = false }: AdvisedJob): string {
  const [system = '', name = ''] = job.split('.');
  const given = Object.entries(inputs).flatMap(([input, value]) =>
    ARGUMENTS.includes(input) ? [value] : [flagOf(input), value],
  );
  const resumed = name === 'resume' && run !== undefined;
  return commandLine([
    ...[system, resumed ? 'train' : name],
    ...given,
    ...(resumed ? ['--resume', pathWord(run)] : []),
    ...(events ? ['--json'] : []),
  ]);
}
