import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { exportOnnx, loadLanguageModel } from '../text/index.ts';
import { Output } from './output.ts';
import { outputOptions, unusedSeedOption } from './shared-options.ts';

/** `latentbrush export`. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(
      'Write the model of a run as an .onnx file that any ONNX runtime loads: one step, with state in and out.',
    )
    .argument('<run>', 'folder of a run')
    .option('-o, --output <file>', 'where to write (default: <run>.onnx in the current folder)')
    .option('--checkpoint <which>', 'best or latest (default: best)');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(
    async (
      folder: string,
      given: { output?: string; checkpoint?: string; json?: boolean; quiet?: boolean },
    ) => {
      const output = new Output(given);
      const model = await loadLanguageModel(folder, given.checkpoint);
      const { bytes, inputs, outputs } = exportOnnx(model);
      const file = given.output ?? `${basename(resolve(folder))}.onnx`;
      await writeFileAtomic(file, bytes);
      output.event({ type: 'exported', file, bytes: bytes.length, inputs, outputs });
      output.text(
        `${file}: ${(bytes.length / 1e6).toFixed(2)} MB\n  inputs   ${inputs.join(', ')}\n  outputs  ${outputs.join(', ')}\n`,
      );
    },
  );
}
