import { Command } from 'commander';
import { publish, siteOptions } from '../../studio/index.ts';
import { addSchemaOptions, readSchemaOptions } from '../options/schema-options.ts';
import { outputOptions, unusedSeedOption } from '../options/shared-options.ts';
import { Output, type OutputOptions } from '../terminal/output.ts';

interface Given extends OutputOptions, Readonly<Record<string, unknown>> {
  readonly output: string;
  readonly concept?: readonly string[];
  readonly dataDir?: string;
  readonly offline?: boolean;
}

/** `latentbrush publish`. */
export function publishCommand(): Command {
  const command = new Command('publish')
    .description(
      'Write a page with the model of a run in it, for any web host: the explorer of a VAE or a GAN, the writer of a language model, or a style that paints live. The page contains samples of the training data.',
    )
    .argument('<run>', 'folder of a run');
  addSchemaOptions(command, siteOptions);
  command
    .option('-o, --output <folder>', 'a new or empty folder', 'site')
    .option('--concept <files...>', 'concepts of the run: each becomes a slider')
    .option('--data-dir <folder>', 'look here for the data set of the run before downloading')
    .option('--offline', 'never download');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (run: string, given: Given) => {
    const output = new Output(given);
    const { concept: concepts, dataDir, offline } = given;
    const { folder, bytes } = await publish(run, given.output, {
      ...readSchemaOptions(siteOptions, given),
      concepts,
      dataDir,
      offline,
    });
    output.event({ type: 'published', folder, bytes });
    const inMegabytes = (count: number): string => `${(count / 1e6).toFixed(2)} MB`;
    output.text(
      `${folder}: model ${inMegabytes(bytes.model)}, ONNX Runtime ${inMegabytes(bytes.runtime)}, page ${inMegabytes(bytes.page)}\n`,
    );
    output.note(`Put the folder on a web host. To view it here: npx serve ${folder}`);
  });
}
