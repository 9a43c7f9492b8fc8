import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import type { z } from 'zod';
import type { TrainingJobs } from '../../jobs/train/training.ts';
import { flagOf } from '../../options.ts';
import { newlyNamed } from '../../renamed-options.ts';
import { addOldFlags, withOldNames } from '../options/old-flags.ts';
import { commandContext } from '../options/command-context.ts';
import type { Output, OutputOptions } from '../terminal/output.ts';
import { addSchemaOptions, schemaValues } from '../options/schema-options.ts';
import { outputOptions } from '../options/shared-options.ts';
import { presentEvent } from '../terminal/present.ts';
import { presentEstimate } from '../terminal/present-estimate.ts';
import { presentTraining, type TrainingCommands } from '../terminal/training-end.ts';
import type { SourceFlags } from '../options/source-flags.ts';

/** The parts of a `train` command that depend on the system. */
export interface TrainCommand {
  readonly system: string;
  readonly jobs: TrainingJobs;
  /** Name of the job's input that is an argument of the command. */
  readonly argument: string;
  /** Inputs that are flags, with the placeholders of their values. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The options that make a resumed run longer. */
  readonly longer: readonly [TrainingCommands['length'], ...string[]];
  /** Message when there is nothing to train on. */
  readonly nothing: string;
  /** Adds flags of the system that are not options of the job. */
  readonly flags?: (command: Command) => void;
  /** Adds the flags that say where to look for data, if the system has any. */
  readonly sources?: (command: Command) => void;
  /** Defaults that a flag selects. */
  readonly defaults?: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** A use of a run: a word, and the command. */
  readonly next: (folder: string) => TrainingCommands['next'];
}

interface Given extends Record<string, unknown>, OutputOptions, SourceFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly estimate?: boolean;
}

/** Makes the `train` command of a system. */
export function trainCommand(about: TrainCommand): Command {
  const { system, argument, longer } = about;
  const { train, resume } = about.jobs;
  const inputs: Readonly<Record<string, z.ZodType>> = train.inputs.shape;
  const help = (name: string): string => inputs[name]?.description ?? '';
  const command = new Command('train').description(train.about).argument(`[${argument}]`, help(argument));
  for (const [name, placeholder] of Object.entries(about.inputs ?? {}))
    command.option(`${flagOf(name)} ${placeholder}`, help(name));
  command
    .option('--run <folder>', `folder of the run (default: runs/${system}-<${argument}>-<number>)`)
    .option(
      '--resume <folder>',
      `continue a run from its last checkpoint (you can raise ${longer.join(' and ')})`,
    );
  command.option('--estimate', 'say how much memory and time the training needs, and do not train');
  about.flags?.(command);
  addSchemaOptions(command, train.options);
  addOldFlags(command, train.options);
  about.sources?.(command);
  outputOptions(command);
  return command.action(async (source: string | undefined, given: Given) => {
    const context = commandContext(given);
    const found = inputsOf(source, given, about);
    const values = valuesOf(given, train.options, context.output);
    const options = { ...about.defaults?.(given), ...values };
    const job = given.resume === undefined ? train : resume;
    const request =
      given.resume === undefined
        ? { inputs: found, options, output: folderOf(given.run) }
        : { inputs: found, options: changesOf(values, given, resume), output: given.resume };
    if (given.estimate === true) {
      presentEstimate(await job.estimate!(request, context), context.output);
      return;
    }
    const events = job.run(request, context);
    await presentTraining(events, (folder) => commandsOf(about, folder), context.output);
  });
}

/** The command that people run after training. */
export function commandsOf({ system, longer, next }: TrainCommand, folder: string): TrainingCommands {
  return { resume: [system, 'train'], length: longer[0], next: next(folder) };
}

function inputsOf(
  source: string | undefined,
  given: Given,
  { jobs, argument, inputs = {}, nothing }: TrainCommand,
): Readonly<Record<string, unknown>> {
  const found = {
    [argument]: source,
    ...Object.fromEntries(Object.keys(inputs).map((name) => [name, given[name]])),
  };
  if (given.resume === undefined && !jobs.train.inputs.safeParse(found).success)
    throw new InputError(nothing);
  return found;
}

/**
 * The options from flags, by their names in this version. Warns of old names.
 * @throws InputError when a number is none, or when an option is given by both names
 */
function valuesOf(given: Given, schema: z.ZodObject, output: Output): Readonly<Record<string, unknown>> {
  const { options, warnings } = newlyNamed(schema, schemaValues(withOldNames(schema), given));
  for (const { words } of warnings)
    presentEvent({ type: 'warning', words, data: { type: 'warning', message: words } }, output);
  return options;
}

/** @throws InputError when an option was given that cannot change in a resumed run, or `--run` */
function changesOf(
  values: Readonly<Record<string, unknown>>,
  given: Given,
  resume: TrainingJobs['resume'],
): Readonly<Record<string, unknown>> {
  const changeable = Object.keys(resume.options.shape);
  if (given.run === undefined && Object.keys(values).every((name) => changeable.includes(name)))
    return values;
  const flags = changeable.map(flagOf);
  throw new InputError(
    `--resume continues with the options of the run; only ${flags.slice(0, -1).join(', ')} and ${flags.at(-1) ?? ''} can be changed`,
  );
}

// With a slash at its end it would mean the folder for runs.
function folderOf(run: string | undefined): string {
  return run === undefined ? 'runs/' : run.replace(/(?<=.)\/+$/, '');
}
