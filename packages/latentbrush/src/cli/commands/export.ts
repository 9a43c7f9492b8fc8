import { extname, join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import type { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { flagOf } from '../../options.ts';
import { openRun, type Run } from '../../runs/index.ts';
import { stemOfRun } from '../../runs/pretrained-runs.ts';
import { systemNamed, systems } from '../../systems.ts';
import type { ExportedFile, RunSystem } from '../../training/index.ts';
import { Output, type OutputOptions } from '../terminal/output.ts';
import { willWrite } from '../../jobs/files-in-use.ts';
import { targetOption } from '../options/overwriting.ts';
import { outputOptions, unusedSeedOption } from '../options/shared-options.ts';
import { makeTargetFolder } from '../../jobs/target-file.ts';

interface Given extends OutputOptions, Readonly<Record<string, unknown>> {
  readonly output?: string;
}

/** `latentbrush export`. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(
      `Write the model of a run as an .onnx file that any ONNX runtime loads: ${systems.map(({ title, onnx }) => `of a ${title} run ${onnx.summary}`).join('; ')}.`,
    )
    .argument('<run>', 'folder of a run, or a run of the package, such as pretrained:faces-vae');
  const several = systems.filter(({ onnx }) => onnx.names !== undefined).map(({ name }) => name);
  targetOption(
    command,
    '-o, --output <file>',
    `where to write (default: <run>.onnx in the current folder; .onnx is added to a name without an ending); ${several.join(', ')}: a folder (default: <run>-onnx)`,
  );
  for (const [flags, descriptions] of choicesOfAll()) command.option(flags, descriptions.join('; '));
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (folder: string, given: Given) => {
    const output = new Output(given);
    const files = await filesOf(await openRun(folder), given);
    for (const [file] of files) await willWrite(file);
    for (const [file, { bytes, inputs, outputs }] of files) {
      await writeFileAtomic(file, bytes);
      output.event({ type: 'exported', file, bytes: bytes.length, inputs, outputs });
      output.text(
        `${file}: ${(bytes.length / 1e6).toFixed(2)} MB\n  inputs   ${inputs.join(', ')}\n  outputs  ${outputs.join(', ')}\n`,
      );
    }
  });
}

/** The flags of export options, with their meaning for each system. */
function choicesOfAll(): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { name, onnx } of systems) {
    for (const [property, choice] of Object.entries<z.ZodType>(onnx.choices.shape)) {
      const { placeholder, description } = choice.meta() ?? {};
      const flags = `${flagOf(property)} <${String(placeholder)}>`;
      all.set(flags, [...(all.get(flags) ?? []), `${name}: ${description}`]);
    }
  }
  return all;
}

/** The files to write, and where. */
async function filesOf(run: Run, given: Given): Promise<(readonly [file: string, ExportedFile])[]> {
  const system = systemNamed(run.system);
  if (system === undefined) {
    const names = systems.map(({ name }) => name);
    throw new InputError(
      `${run.folder}: is a run of '${run.system}', whose models cannot be exported; choose a run of ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
    );
  }
  const choices = chosen(system, given);
  const { names } = system.onnx;
  const stem = stemOfRun(run.folder);
  const target =
    names === undefined ? withEnding(given.output ?? `${stem}.onnx`) : (given.output ?? `${stem}-onnx`);
  if (names !== undefined && extname(target) === '.onnx')
    throw new InputError(
      `${target}: a ${system.title} is written as ${names.length === 2 ? 'two' : names.length} files, ${names.join(' and ')}; give a folder`,
    );
  const files = await system.onnx.files(run.folder, choices);
  if (names !== undefined) await makeTargetFolder(target);
  return files.map((file, index) => [names === undefined ? target : join(target, names[index]!), file]);
}

/** A name without an ending is that of an `.onnx` file; with a slash at its end it stays a folder, and is refused as such. */
function withEnding(file: string): string {
  return extname(file) === '' && !/[/\\]$/.test(file) ? `${file}.onnx` : file;
}

/**
 * The flags of a system.
 * @throws InputError when a flag of another system was given
 */
function chosen({ name, onnx }: RunSystem, given: Given): Record<string, unknown> {
  const own = Object.keys(onnx.choices.shape);
  const all = systems.flatMap((system) => Object.keys(system.onnx.choices.shape));
  const other = all.find((property) => given[property] !== undefined && !own.includes(property));
  if (other !== undefined)
    throw new InputError(`${flagOf(other)}: has no effect for a run of '${name}'; leave it out`);
  return Object.fromEntries(own.map((property) => [property, given[property]]));
}
