import { Command } from 'commander';
import { sampleOptions, Writer, type SampleInput, type WrittenToken } from '../../text/index.ts';
import { entropyBars } from './entropy-bars.ts';
import { abortOnInterrupt, endInterrupted } from '../interrupt.ts';
import { Output, type OutputOptions } from '../output.ts';
import { addSchemaOptions, numberOf, readSchemaOptions } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';

interface Given extends Record<string, unknown>, OutputOptions {
  readonly temperature?: string;
  readonly entropy?: boolean;
  readonly checkpoint?: string;
}

/** `latentbrush text sample`. */
export function textSampleCommand(): Command {
  const command = new Command('sample')
    .description('Write on from a prompt with a trained model; the text appears token by token.')
    .argument('<run>', 'folder of a text run');
  addSchemaOptions(command, sampleOptions, ['temperature']);
  command
    .option(
      '--temperature <x,...>',
      'one text for each: below 1 plays safe, above 1 takes risks (default: 0.5)',
    )
    .option('--entropy', 'show under each line how free each choice was, in bits')
    .option('--checkpoint <which>', 'best, latest, or a step that was kept (default: best)');
  outputOptions(command);
  return command.action(async (folder: string, given: Given) => {
    const output = new Output(given);
    const signal = abortOnInterrupt();
    const temperatures = given.temperature?.split(',').map((part) => numberOf('--temperature', part)) ?? [
      0.5,
    ];
    const choices = temperatures.map((temperature) =>
      readSchemaOptions(sampleOptions, { ...given, temperature }),
    );
    const writer = await Writer.load(folder, { checkpoint: given.checkpoint });
    try {
      for (const options of choices) {
        const { text: prompt } = writer.beginning(options);
        const heading = choices.length > 1 ? `--- temperature ${options.temperature}\n` : '';
        output.text(`${heading}${prompt}`);
        await writeOut(writer, options, given.entropy === true, output, signal);
        if (signal.aborted) {
          endInterrupted();
          return;
        }
      }
    } finally {
      await writer.release();
    }
  });
}

async function writeOut(
  writer: Writer,
  options: SampleInput & { readonly temperature: number },
  showEntropy: boolean,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const written: WrittenToken[] = [];
  for await (const token of writer.sample({ ...options, signal })) {
    written.push(token);
    output.event({ type: 'token', temperature: options.temperature, ...token });
    if (!showEntropy) output.text(token.text);
  }
  output.event({
    type: 'text',
    temperature: options.temperature,
    text: written.map(({ text }) => text).join(''),
  });
  output.text(showEntropy ? `\n${entropyBars(written)}` : '\n');
}
