import { existsSync } from 'node:fs';
import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { loadBackbone } from '../../pretrained/index.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { resumeFast, styleRuns, trainFast, trainOptions, type FastEvent } from '../../style/index.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { Output, type OutputOptions } from '../output.ts';
import { addSchemaOptions, readSchemaOptions } from '../schema-options.ts';
import { changedOptions, loadFromPlace } from '../resume-options.ts';
import { outputOptions } from '../shared-options.ts';
import { stemOf } from '../../jobs/target-file.ts';
import { weightsFlags, weightsSource, type WeightsFlags } from '../weights-flags.ts';
import { trainingPictures } from './training-pictures.ts';
import { reportFastTraining } from './training-report.ts';

interface Given extends Record<string, unknown>, OutputOptions, WeightsFlags {
  readonly contentDir?: string;
  readonly pairsDir?: string;
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
    .option(
      '--pairs-dir <folder>',
      'pictures to learn on besides that the slow form has painted: cat.jpg and beside it cat-painted.png, as: latentbrush style cat.jpg painting.jpg -o cat-painted.png --no-save-rounds',
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
    const output = new Output(given);
    const context: JobContext = {
      output,
      signal: abortOnInterrupt(output),
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
  const { contentDir, pairsDir } = given;
  if (style === undefined || contentDir === undefined) {
    throw new InputError(
      'style train: a style picture and --content-dir are needed, as: latentbrush style train painting.jpg --content-dir photos',
    );
  }
  const options = readSchemaOptions(trainOptions, given);
  const pictures = await trainingPictures({ style, contentDir, pairsDir }, context.output);
  const backbone = await load(options.backbone, given, context);
  const run = given.run ?? (await freeRunFolder('style', stemOf(style)));
  return trainFast(backbone, pictures, { ...options, run, signal: context.signal });
}

async function again(
  style: string | undefined,
  folder: string,
  given: Given,
  context: JobContext,
): Promise<AsyncIterable<FastEvent>> {
  const changes = changedOptions(trainOptions, given, ['iterations', 'threads']);
  const { extra: sources, options } = await readRun(styleRuns, folder);
  const paths = {
    style: style ?? sources.style,
    contentDir: given.contentDir ?? sources.contentDir,
    pairsDir: given.pairsDir ?? sources.pairsDir,
    rules: rulesOf(sources),
  };
  const moved = [
    { given: style, remembered: sources.style, words: ['STYLE'] },
    { given: given.contentDir, remembered: sources.contentDir, words: ['--content-dir', 'FOLDER'] },
    { given: given.pairsDir, remembered: sources.pairsDir, words: ['--pairs-dir', 'FOLDER'] },
  ].filter((each) => each.given === undefined && !existsSync(each.remembered ?? '.'));
  const place = {
    run: folder,
    given: undefined,
    remembered: moved[0]?.remembered ?? sources.style,
    command: ['style', 'train', ...moved.flatMap(({ words }) => words)],
  };
  const pictures = await loadFromPlace(place, () => trainingPictures(paths, context.output));
  const backbone = await load(options.backbone, given, context);
  return resumeFast(folder, backbone, pictures, { ...changes, signal: context.signal });
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
