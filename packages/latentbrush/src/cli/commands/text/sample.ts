import { Command } from 'commander';
import type { JobEvent } from '../../../jobs/job.ts';
import { textWriteJob } from '../../../jobs/text/write.ts';
import type { WrittenToken } from '../../../text/index.ts';
import { commandContext } from '../../options/command-context.ts';
import { endInterrupted } from '../../terminal/interrupt.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { addSchemaOptions, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { entropyBars } from './entropy-bars.ts';

interface Given extends Record<string, unknown>, OutputOptions {
  readonly promptFile?: string;
  readonly output?: string;
  readonly entropy?: boolean;
}

/** `latentbrush text sample`. */
export function textSampleCommand(): Command {
  const { about, options } = textWriteJob;
  const command = new Command('sample').description(about).argument('<run>', 'folder of a text run');
  addSchemaOptions(command, options, ['checkpoint', 'text', 'stoppedAt']);
  command
    .option('--checkpoint <which>', 'best, latest, or a step that was kept (default: best)')
    .option('--prompt-file <file>', 'text file with the prompt; a line end at its end is left out')
    .option('--entropy', 'show under each line how free each choice was, in bits');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write; several texts go into a folder of that name (default: only shown)',
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
    const shown = given.entropy === true ? withBars(events) : events;
    await present(given.output === undefined ? withoutEnd(shown) : shown, output);
  });
}

// Where nothing is written into a file, the texts are all there is to see.
async function* withoutEnd(events: AsyncIterable<JobEvent>): AsyncGenerator<JobEvent, void, undefined> {
  for await (const event of events) {
    if (event.type !== 'done') yield event;
    else if (event.reason === 'aborted') endInterrupted();
  }
}

// Each text as a whole, with its bars, in place of its tokens one by one.
async function* withBars(events: AsyncIterable<JobEvent>): AsyncGenerator<JobEvent, void, undefined> {
  let begun: string | undefined;
  let tokens: WrittenToken[] = [];
  for await (const event of events) {
    if (event.type === 'metric' && event.data.type === 'token') {
      const token = event.data as unknown as WrittenToken;
      const { text = '' } = event;
      begun ??= text.endsWith(token.text) ? text.slice(0, text.length - token.text.length) : text;
      tokens.push(token);
      yield { ...event, text: undefined };
    } else if (event.type === 'sample') {
      yield { ...event, text: `${begun ?? ''}\n${entropyBars(tokens)}` };
      begun = undefined;
      tokens = [];
    } else yield event;
  }
}
