import { Command } from 'commander';
import type { Job, JobEvent } from '../../../jobs/job.ts';
import type { Variations } from '../../../jobs/vary.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { variationsGiven, varyFlag, type VaryFlag } from '../../options/vary-flag.ts';
import { present } from '../../terminal/present.ts';
import { latentFlags, modelOptionsOf, runHelp, type LatentFlags, type LatentName } from './flags.ts';

/** The request of a command on a run with a latent space. */
export interface LatentCall<Given extends LatentFlags, Argument> {
  /** Folder of the run. */
  readonly run: string;
  /** The arguments after the run. */
  readonly argument: Argument;
  readonly given: Given;
  /** Options of all jobs on a run. */
  readonly options: ReturnType<typeof modelOptionsOf> & { readonly vary?: Variations };
  /** The output path, given or default; empty for commands without a file. */
  readonly output: string;
}

/** The definition of a command on a run with a latent space. */
export interface LatentCommand<Given extends LatentFlags, Argument> {
  readonly name: string;
  readonly about: string;
  /** Adds its argument after the run, and its own flags. */
  readonly flags?: (command: Command) => void;
  /** The meaning of `-o`; omitted for commands without a file. */
  readonly target?: {
    readonly help: string;
    /** The default output path. */
    readonly otherwise: string | ((argument: Argument) => string);
  };
  /** Its job, if that makes a picture whose options can be varied. */
  readonly varied?: Job;
  /** Runs its job. */
  readonly events: (call: LatentCall<Given, Argument>, context: CommandContext) => AsyncIterable<JobEvent>;
}

/** Makes a command on a run with a latent space. */
export function latentCommand<Given extends LatentFlags = LatentFlags, Argument = undefined>(
  system: LatentName,
  { name, about, flags, target, varied, events }: LatentCommand<Given, Argument>,
): Command {
  const command = new Command(name).description(about).argument('<run>', runHelp(system));
  flags?.(command);
  latentFlags(command, system, target?.help);
  if (varied !== undefined) varyFlag(command);
  return command.action(async () => {
    const given = command.opts<Given & VaryFlag>();
    const context = commandContext(given);
    const [run, argument] = command.processedArgs as [string, Argument];
    const { otherwise = '' } = target ?? {};
    const output = given.output ?? (typeof otherwise === 'string' ? otherwise : otherwise(argument));
    const vary = varied === undefined ? undefined : variationsGiven(varied, given);
    const options = { ...modelOptionsOf(given), ...(vary !== undefined && { vary }) };
    const call = { run, argument, given, options, output };
    await present(events(call, context), context.output);
  });
}
