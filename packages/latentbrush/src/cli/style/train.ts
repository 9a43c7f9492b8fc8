import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { loadBackbone } from '../../backbones/index.ts';
import { listPictures, readPictures } from '../../data/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { readRun } from '../../runs/training-run.ts';
import {
  resumeFast,
  styleRuns,
  trainFast,
  trainOptions,
  type FastEvent,
  type FastPictures,
} from '../../style/index.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { Output, type OutputOptions } from '../output.ts';
import { addSchemaOptions, readSchemaOptions } from '../schema-options.ts';
import { changedOptions } from '../resume-options.ts';
import { outputOptions } from '../shared-options.ts';
import { stemOf } from '../target-file.ts';
import { weightsFlags, weightsSource, type WeightsFlags } from '../weights-flags.ts';
import { reportFastTraining } from './training-report.ts';

interface Given extends Record<string, unknown>, OutputOptions, WeightsFlags {
  readonly contentDir?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly weights?: string;
}

/** `latentbrush style train`. */
export function styleTrainCommand(): Command {
  const command = new Command('train')
    .description(
      'Train a small network that paints any picture in one style at once (Johnson et al. 2016): about an hour on two cores.',
    )
    .argument('[style]', 'the picture whose style is learned')
    .option(
      '--content-dir <folder>',
      'photographs of all kinds to learn on, also in sub-folders; the more the better',
    )
    .option('--run <folder>', 'folder of the run (default: runs/style-<style>-<number>)')
    .option('--resume <folder>', 'go on with a run from its last checkpoint (--iterations may be raised)')
    .option(
      '--weights <file>',
      'weights of the network that compares: Keras .h5, .safetensors, model.json, .onnx',
    );
  addSchemaOptions(command, trainOptions);
  weightsFlags(command);
  outputOptions(command);
  return command.action(async (style: string | undefined, given: Given) => {
    const { dataDir, offline } = given;
    const context: JobContext = {
      output: new Output(given),
      signal: abortOnInterrupt(),
      ...(dataDir !== undefined && { dataDir }),
      ...(offline !== undefined && { offline }),
    };
    const events =
      given.resume === undefined
        ? await fresh(style, given, context)
        : await again(style, given.resume, given, context);
    await reportFastTraining(events, context.output);
  });
}

async function fresh(
  style: string | undefined,
  given: Given,
  context: JobContext,
): Promise<AsyncIterable<FastEvent>> {
  const { contentDir } = given;
  if (style === undefined || contentDir === undefined) {
    throw new InputError(
      'style train: a style picture and --content-dir are needed, as: latentbrush style train painting.jpg --content-dir photos',
    );
  }
  const options = readSchemaOptions(trainOptions, given);
  const pictures = await readMaterial(style, contentDir, context.output);
  const backbone = await load(options.backbone, given, context);
  const run = given.run ?? (await freeRunFolder('style', stemOf(style)));
  return trainFast(backbone, pictures, { ...options, run }, context.signal);
}

async function again(
  style: string | undefined,
  folder: string,
  given: Given,
  context: JobContext,
): Promise<AsyncIterable<FastEvent>> {
  const changes = changedOptions(trainOptions, given, ['iterations', 'threads']);
  const { extra: sources, options } = await readRun(styleRuns, folder);
  const pictures = await readMaterial(
    style ?? sources.style,
    given.contentDir ?? sources.contentDir,
    context.output,
  );
  const backbone = await load(options.backbone, given, context);
  return resumeFast(folder, backbone, pictures, changes, context.signal);
}

async function readMaterial(style: string, contentDir: string, output: Output): Promise<FastPictures> {
  const picture = await readPicture(style);
  const paths = await listPictures(contentDir);
  return { style: { name: style, picture }, contentDir, contents: readable(paths, output) };
}

// Broken pictures are told and left out.
async function* readable(paths: readonly string[], output: Output): AsyncGenerator<Picture> {
  let done = 0;
  for await (const found of readPictures(paths)) {
    done += 1;
    output.progress(done, paths.length, 'pictures read');
    if ('picture' in found) yield found.picture;
    else {
      output.event({ type: 'skipped', path: found.path, reason: found.reason });
      output.note(`left out: ${found.reason}`);
    }
  }
  output.clearProgress();
}

function load(
  name: string,
  { weights }: Given,
  { output, signal, ...flags }: JobContext,
): ReturnType<typeof loadBackbone> {
  return loadBackbone(name, {
    ...weightsSource(flags, output),
    ...(weights !== undefined && { weights }),
    signal,
  });
}
