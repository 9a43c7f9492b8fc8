import { basename, extname, join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { writeFileAtomic } from '../files/atomic-file.ts';
import * as gan from '../gan/index.ts';
import { parseSize } from '../image/index.ts';
import { flagOf } from '../options.ts';
import { openRun, type Run } from '../runs/index.ts';
import * as style from '../style/index.ts';
import * as text from '../text/index.ts';
import * as vae from '../vae/index.ts';
import { Output, type OutputOptions } from './output.ts';
import { targetOption, willWrite } from './overwriting.ts';
import { outputOptions, unusedSeedOption } from './shared-options.ts';
import { makeTargetFolder } from './target-file.ts';

/** Flags that say which model is written, and how. */
interface Choices {
  readonly checkpoint?: string;
  readonly size?: string;
}

interface Given extends Choices, OutputOptions {
  readonly output?: string;
}

/** An ONNX file and what its inputs and outputs are called. */
interface Exported {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** `latentbrush export`. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(
      'Write the model of a run as an .onnx file that any ONNX runtime loads: of a text run one step, with state in and out; of a style run pictures in and out; of a VAE run two files, encoder.onnx and decoder.onnx; of a GAN run its generator, points in and pictures out.',
    )
    .argument('<run>', 'folder of a run');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write (default: <run>.onnx in the current folder); vae: a folder (default: <run>-onnx)',
  );
  command
    .option('--checkpoint <which>', 'text: best or latest (default: best)')
    .option('--size <WIDTHxHEIGHT>', `style: size of the pictures (default: ${STYLE_SIZE})`);
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

/** What is written, and where. */
async function filesOf(run: Run, given: Given): Promise<(readonly [file: string, Exported])[]> {
  const name = basename(resolve(run.folder));
  const { output: file = `${name}.onnx` } = given;
  switch (run.system) {
    case 'text':
      return [[file, await textModel(run, chosen(run, given, ['checkpoint']))]];
    case 'style':
      return [[file, await styleModel(run, chosen(run, given, ['size']))]];
    case 'vae':
      chosen(run, given, []);
      return vaeNetworks(run, given.output ?? `${name}-onnx`);
    case 'gan':
      chosen(run, given, []);
      return [[file, gan.exportOnnx((await gan.Generator.load(run.folder)).model)]];
    default:
      throw new InputError(
        `${run.folder}: a run of '${run.system}', whose models cannot be exported; choose a run of text, style, vae or gan`,
      );
  }
}

async function vaeNetworks({ folder }: Run, target: string): Promise<(readonly [string, Exported])[]> {
  if (extname(target) === '.onnx')
    throw new InputError(
      `${target}: a VAE is written as two files, encoder.onnx and decoder.onnx; give a folder`,
    );
  const { encoder, decoder } = vae.exportOnnx((await vae.Vae.load(folder)).model);
  await makeTargetFolder(target);
  return [
    [join(target, 'encoder.onnx'), encoder],
    [join(target, 'decoder.onnx'), decoder],
  ];
}

async function textModel({ folder }: Run, { checkpoint }: Choices): Promise<Exported> {
  return text.exportOnnx((await text.Writer.load(folder, { checkpoint })).model);
}

/** The size of pictures for a style when none is given. */
const STYLE_SIZE = '512x512';

async function styleModel({ folder }: Run, { size = STYLE_SIZE }: Choices): Promise<Exported> {
  const pictures = parseSize(size, '--size');
  return style.exportOnnx(await style.loadStyleModel(folder), pictures);
}

/**
 * The flags of a system.
 * @throws InputError when one was given that is of another system
 */
function chosen<Flag extends keyof Choices>(
  { system }: Run,
  given: Choices,
  flags: readonly Flag[],
): Pick<Choices, Flag> {
  const all = ['checkpoint', 'size'] as const satisfies readonly (keyof Choices)[];
  const other = all.find((flag) => given[flag] !== undefined && !flags.some((known) => known === flag));
  if (other !== undefined)
    throw new InputError(`${flagOf(other)}: has no meaning for a run of '${system}'; leave it out`);
  return given;
}
