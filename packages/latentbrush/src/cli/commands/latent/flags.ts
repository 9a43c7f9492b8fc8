import type { Command } from 'commander';
import { datasetFlags, type SourceFlags } from '../../options/source-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { lengthOf, numberOf, seedOf } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';

/** A system with a latent space. The commands of all such systems are made here. */
export type LatentName = 'vae' | 'gan';

/** Flags of all commands on a run with a latent space, as given. */
export interface LatentFlags extends OutputOptions, SourceFlags {
  readonly output?: string;
  readonly checkpoint?: string;
  readonly seed?: string;
  readonly threads?: string;
  readonly truncation?: string;
  readonly class?: string;
}

/** Description of the argument for a run, for help texts. */
export function runHelp(system: LatentName): string {
  return `folder of a ${system.toUpperCase()} run`;
}

/**
 * Adds the flags of all commands on a run with a latent space.
 * @param outputHelp the meaning of `-o`; omitted for commands that write no file
 */
export function latentFlags(command: Command, system: LatentName, outputHelp?: string): void {
  if (outputHelp !== undefined) targetOption(command, '-o, --output <file>', outputHelp);
  if (system === 'gan')
    command
      .option(
        '--truncation <x>',
        'keep points within this distance of 0 in each dimension, such as 1: more typical pictures, less variety (Brock et al. 2019)',
      )
      .option(
        '--class <name>',
        'class to generate, for runs trained with --conditional (default: each class in turn; the first one for paths and single seeds)',
      );
  command
    .option('--checkpoint <which>', 'latest, best, or the step of a kept checkpoint (default: latest)')
    .option('--seed <n>', 'seed of all randomness (default: 1)')
    .option('--threads <n>', 'processor threads (default: all)');
  datasetFlags(command);
  outputOptions(command);
}

/** Options of a job on a run, from the flags. */
export function modelOptionsOf({ seed, threads, checkpoint, truncation, class: name }: LatentFlags) {
  return {
    seed: seedOf(seed),
    ...(threads !== undefined && { threads: lengthOf('--threads', threads) }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(truncation !== undefined && { truncation: numberOf('--truncation', truncation) }),
    ...(name !== undefined && { class: name }),
  };
}
