import { Command } from 'commander';
import { dataPreviewJob } from '../../../jobs/data/preview.ts';
import { DATASET } from '../../../jobs/train/pictures.ts';
import { commandContext } from '../../options/command-context.ts';
import { targetOption } from '../../options/overwriting.ts';
import { addSchemaOptions, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { datasetFlags, type SourceFlags } from '../../options/source-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { present } from '../../terminal/present.ts';

interface Given extends OutputOptions, SourceFlags, Record<string, unknown> {
  readonly output: string;
}

/** `latentbrush data preview`. */
export function dataPreviewCommand(): Command {
  const { about, options } = dataPreviewJob;
  const command = new Command('preview').description(about).argument('<dataset>', DATASET.description ?? '');
  targetOption(
    command,
    '-o, --output <file>',
    'the picture to write (.png, .jpg, .webp, .avif, .tiff)',
    'sheet.png',
  );
  addSchemaOptions(command, options, ['named', 'rules']);
  datasetFlags(command);
  outputOptions(command);
  return command.action(async (dataset: string, given: Given) => {
    const context = commandContext(given);
    const asked = { inputs: { dataset: [dataset] }, options: schemaValues(options, given) };
    await present(dataPreviewJob.run({ ...asked, output: given.output }, context), context.output);
  });
}
