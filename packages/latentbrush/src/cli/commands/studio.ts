import { once } from 'node:events';
import { Command } from 'commander';
import open from 'open';
import { z } from 'zod';
import { startStudio } from '../../studio/index.ts';
import { addSchemaOptions, readSchemaOptions } from '../options/schema-options.ts';
import { outputOptions, unusedSeedOption } from '../options/shared-options.ts';
import { abortOnInterrupt } from '../terminal/interrupt.ts';
import { Output } from '../terminal/output.ts';

const OPTIONS = z.object({
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'address to listen at; any but 127.0.0.1 lets other machines open the studio, and needs a password in LATENTBRUSH_PASSWORD',
    ),
  port: z.int().min(0).max(65_535).default(4242).describe('port on this machine; 0 chooses a free one'),
  concurrency: z.int().min(1).max(64).default(1).describe('jobs that run at the same time'),
});

/** Options outside the schema. */
interface Given {
  readonly folder: string;
  readonly open: boolean;
  readonly dataDir?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `latentbrush studio`. */
export function studioCommand(): Command {
  const command = new Command('studio').description(
    'Open the studio: all systems in the browser, only on this machine. Ctrl-C ends it and saves running jobs.',
  );
  addSchemaOptions(command, OPTIONS);
  command
    .option('--folder <folder>', 'where it keeps pictures, runs and jobs', 'latentbrush-studio')
    .option('--no-open', 'do not open a browser')
    .option('--data-dir <folder>', 'look here for weights and data sets by name before downloading')
    .option('--offline', 'never download');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (given: Given & Record<string, unknown>) => {
    const options = readSchemaOptions(OPTIONS, given);
    const output = new Output(given);
    const { folder, dataDir, offline } = given;
    const onProblem = (line: string): void => output.important(line);
    const password = process.env.LATENTBRUSH_PASSWORD;
    const studio = await startStudio({ ...options, password, folder, dataDir, offline, onProblem });
    output.event({ type: 'studio', url: studio.url, port: studio.port });
    output.text(`${studio.url}\n`);
    output.note(
      options.host === '127.0.0.1'
        ? 'The studio runs until you press Ctrl-C. Only this machine can open it, with the address above.'
        : 'The studio runs until you press Ctrl-C. Other machines can open it with the password. The connection is not encrypted: do this only in a network that you trust.',
    );
    // A machine without a browser is no fault: the address is printed.
    if (given.open) await open(studio.url).catch(() => undefined);
    const signal = abortOnInterrupt();
    if (!signal.aborted) await once(signal, 'abort');
    await studio.close();
  });
}
