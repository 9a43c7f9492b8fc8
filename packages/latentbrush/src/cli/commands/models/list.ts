import { Command } from 'commander';
import { backboneCatalogue } from '../../../pretrained/backbones/catalogue.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { table } from '../../terminal/table.ts';
import { weightsFlags, type SourceFlags } from '../../options/source-flags.ts';
import { describeState, weightsState } from './weights-state.ts';

/** `latentbrush models list`. */
export function modelsListCommand(): Command {
  const command = new Command('list').description('List the networks and say where their weights are.');
  weightsFlags(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (given: OutputOptions & SourceFlags) => {
    const output = new Output(given);
    const rows: string[][] = [];
    const problems: string[] = [];
    for (const entry of Object.values(backboneCatalogue)) {
      const { name, title, end, licence, weights } = entry;
      const found = await weightsState(entry, given);
      output.event({ type: 'model', name, title, end, licence, size: weights?.size ?? null, ...found });
      rows.push([name, end, licence, describeState(entry, found)]);
      if (found.problem !== undefined) problems.push(`\n${found.problem}\n`);
    }
    output.text(table(['name', 'last layer', 'licence', 'weights'], rows) + problems.join(''));
  });
}
