import { Command } from 'commander';
import { backboneNamed } from '../../../pretrained/backbones/catalogue.ts';
import { locateWeights } from '../../../pretrained/weights/locate.ts';
import { commandLine } from '../../../shell-word.ts';
import { abortOnInterrupt, endInterrupted } from '../../terminal/interrupt.ts';
import { megabytes } from '../../terminal/megabytes.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { weightsFlags, weightsSource, type SourceFlags } from '../../options/source-flags.ts';

/** `latentbrush models fetch`. */
export function modelsFetchCommand(): Command {
  const command = new Command('fetch')
    .description(
      'Download the weights of a network into the cache. An interrupted download continues where it stopped.',
    )
    .argument('<name>', 'inception_v3, resnet50, xception, vgg16, vgg19');
  weightsFlags(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (name: string, given: OutputOptions & SourceFlags) => {
    const output = new Output(given);
    const { name: network, weights } = backboneNamed(name);
    if (weights === null) {
      output.event({ type: 'fetched', name: network, from: 'package' });
      output.text(`${network}: comes with this package, nothing to fetch\n`);
      return;
    }
    const signal = abortOnInterrupt();
    try {
      // Those of PyTorch are others: who fetches by hand asks for Keras'.
      const source = { ...weightsSource(given, output), frameworks: ['Keras'] as const, signal };
      const { path, from } = await locateWeights(weights, source);
      output.event({ type: 'fetched', name: network, from, path, bytes: weights.size });
      const how =
        from === 'download' ? `fetched, ${megabytes(weights.size)}, checksum right` : 'here already';
      output.text(`${network}: ${how}: ${path}\n`);
    } catch (error) {
      output.clearProgress();
      if (!signal.aborted) throw error;
      output.event({ type: 'interrupted', name: network });
      output.important(
        `interrupted; the downloaded part is kept. Continue:  ${commandLine(['models', 'fetch', network])}`,
      );
      endInterrupted();
    }
  });
}
