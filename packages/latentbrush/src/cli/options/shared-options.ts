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
