import type { Command } from 'commander';

/** Flags that every command has. */
export function outputOptions(command: Command): void {
  command
    .option('--json', 'write only JSON to standard output, one object per line')
    .option('--quiet', 'show no progress');
}

/** `--seed` for commands that draw nothing, so that scripts can give every command the same flags. */
export function unusedSeedOption(command: Command): void {
  command.option('--seed <n>', 'accepted as in every command; has no effect here');
}

/** Flags of commands that read a corpus. */
export function corpusOptions(command: Command): void {
  command
    .option(
      '--data-dir <folder>',
      'look here for corpora by name before downloading (also LATENTBRUSH_DATA_DIR)',
    )
    .option('--offline', 'never download');
}
