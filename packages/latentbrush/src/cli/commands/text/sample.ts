import { Command } from 'commander';
import type { JobEvent } from '../../../jobs/job.ts';
import { textWriteJob } from '../../../jobs/text/write.ts';
import { commandContext } from '../../options/command-context.ts';
import { endInterrupted } from '../../terminal/interrupt.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { addSchemaOptions, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { withEntropyBars } from './entropy-bars.ts';

interface Given extends Record<string, unknown>, OutputOptions {
  readonly promptFile?: string;
  readonly output?: string;
  readonly entropy?: boolean;
}

/** `latentbrush text sample`. */
export function textSampleCommand(): Command {
  const { about, options } = textWriteJob;
  const command = new Command('sample')
    .description(about)
    .argument('<run>', 'folder of a text run, or pretrained:moby-dick');
  addSchemaOptions(command, options, ['checkpoint', 'text', 'stoppedAt']);
  command
    .option('--checkpoint <which>', 'best, latest, or the step of a kept checkpoint (default: best)')
    .option('--prompt-file <file>', 'text file with the prompt; a line break at its end is ignored')
    .option('--entropy', 'show under each line the entropy of each choice, in bits');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write; several texts go into a folder with this name (default: show only)',
  );
  outputOptions(command);
  return command.action(async (run: string, given: Given) => {
    const { output, ...context } = commandContext(given);
    const request = {
      inputs: { run, promptFile: given.promptFile },
      options: schemaValues(options, given),
      output: given.output ?? '',
    };
    const events = textWriteJob.run(request, context);
    const shown = given.entropy === true ? withEntropyBars(events) : events;
    await present(given.output === undefined ? withoutEnd(shown) : shown, output);
  });
}

// Without an output file, the texts are the only result.
async function* withoutEnd(events: AsyncIterable<JobEvent>): AsyncGenerator<JobEvent, void, undefined> {
  for await (const event of events) {
    if (event.type !== 'done') yield event;
    else if (event.reason === 'aborted') endInterrupted();
  }
}
