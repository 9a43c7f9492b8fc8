import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { basename, dirname, join, relative } from 'node:path';
import { listPictures, readPictures } from '../../data/index.ts';
import {
  fitWithin,
  readPicture,
  recipe,
  writePicture,
  type Picture,
  type Recipe,
} from '../../image/index.ts';
import { latestCheckpointPath } from '../../runs/checkpoint.ts';
import {
  checkMemory,
  estimatePaintingMemory,
  loadStyleModel,
  StylePainter,
  type StyleModel,
} from '../../style/index.ts';
import { checkFrameSizes } from '../frame-sizes.ts';
import { openFrames } from '../frame-target.ts';
import { abortOnInterrupt, INTERRUPTED } from '../interrupt.ts';
import { isAnimation } from '../latent-film.ts';
import { Output, type OutputOptions } from '../output.ts';
import { recordInputs } from '../recipe-inputs.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { outputOptions, unusedSeedOption } from '../shared-options.ts';
import { checkTarget, checkTargetFolder, isFolder, makeTargetFolder, stemOf } from '../target-file.ts';

interface Given extends OutputOptions {
  readonly output?: string;
  readonly size?: string;
  readonly threads?: string;
  readonly fps?: string;
}

/** What a trained style is applied with. */
interface Applied {
  readonly run: string;
  readonly checkpoint: string;
  /** Name of the style picture, without folder and extension. */
  readonly style: string;
  readonly size: number | undefined;
  readonly painter: StylePainter;
  readonly architecture: StyleModel['architecture'];
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** `latentbrush style apply`. */
export function styleApplyCommand(): Command {
  const command = new Command('apply')
    .description('Paint pictures with a trained style: a second for each, of any size.')
    .argument('<run>', 'folder of a style run')
    .argument('<picture>', 'a picture, or a folder of pictures or of the frames of a film')
    .option(
      '-o, --output <path>',
      'where to write: a picture; for a folder another folder, or .gif, .webp, .mp4 (default: <picture>-<style>)',
    )
    .option('--size <n>', 'make larger pictures smaller first: their longest side in pixels')
    .option('--fps <n>', 'frames per second of an animation (default: 20)')
    .option('--threads <n>', 'processor threads (default: all)');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (run: string, source: string, given: Given) => {
    const output = new Output(given);
    const size = given.size === undefined ? undefined : lengthOf('--size', given.size);
    const threads = given.threads === undefined ? undefined : lengthOf('--threads', given.threads);
    const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
    const model = await loadStyleModel(run);
    const painter = new StylePainter(model, { threads });
    const applied: Applied = {
      run,
      checkpoint: await latestCheckpointPath({ folder: run }),
      style: stemOf(model.style),
      size,
      painter,
      architecture: model.architecture,
      output,
      signal: abortOnInterrupt(output),
    };
    try {
      if (!(await isFolder(source))) await onePicture(applied, source, given.output);
      else if (given.output !== undefined && isAnimation(given.output))
        await film(applied, source, given.output, framesPerSecond);
      else await folder(applied, source, given.output);
    } finally {
      await painter.release();
    }
  });
}

async function onePicture(applied: Applied, source: string, given: string | undefined): Promise<void> {
  const target = given ?? `${stemOf(source)}-${applied.style}.png`;
  await checkTarget(target);
  const painted = await paint(applied, await readPicture(source));
  await writePicture(target, painted, { recipe: await recipeOf(applied, [source]) });
  applied.output.event({ type: 'done', reason: 'finished', path: target });
  applied.output.text(`${target}\n`);
}

async function folder(applied: Applied, source: string, given: string | undefined): Promise<void> {
  const { output, signal } = applied;
  const target = given ?? `${stemOf(source)}-${applied.style}`;
  const paths = await listPictures(source);
  await checkTargetFolder(target);
  let done = 0;
  const written = new Set<string>();
  for await (const found of readPictures(paths)) {
    if (signal.aborted) break;
    done += 1;
    if ('reason' in found) {
      output.event({ type: 'skipped', path: found.path, reason: found.reason });
      output.note(`left out: ${found.reason}`);
      continue;
    }
    const place = join(target, dirname(relative(source, found.path)));
    let path = join(place, `${stemOf(found.path)}.png`);
    if (written.has(path)) path = join(place, `${basename(found.path)}.png`); // cat.jpg beside cat.png
    written.add(path);
    const painted = await paint(applied, found.picture);
    await makeTargetFolder(place);
    await writePicture(path, painted, { recipe: await recipeOf(applied, [found.path]) });
    output.event({ type: 'painted', source: found.path, path });
    output.progress(done, paths.length, 'pictures');
  }
  if (written.size === 0) {
    signal.throwIfAborted();
    throw new InputError(`${source}: none of its pictures could be read; nothing was painted`);
  }
  conclude(applied, target, done, paths.length, 'pictures');
}

async function film(
  applied: Applied,
  source: string,
  target: string,
  framesPerSecond: number,
): Promise<void> {
  const { output, signal } = applied;
  const paths = await listPictures(source);
  await checkFrameSizes(paths, applied.size, signal);
  const first = sized(applied, await readPicture(paths[0]!));
  const frames = { framesPerSecond, frames: paths.length, recipe: await recipeOf(applied, []) };
  const file = await openFrames(target, first, frames);
  let done = 0;
  try {
    for (const path of paths) {
      if (signal.aborted) break;
      const frame = await readPicture(path);
      const painted = await paint(applied, frame);
      if (painted.height !== first.height || painted.width !== first.width) {
        throw new InputError(
          `${path}: the frame is ${painted.width}x${painted.height}, the first one ${first.width}x${first.height}; frames must be of one size`,
        );
      }
      await file.add(painted);
      done += 1;
      output.progress(done, paths.length, 'frames');
    }
    if (done === 0) signal.throwIfAborted();
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
  conclude(applied, target, done, paths.length, 'frames');
}

async function paint(applied: Applied, source: Picture): Promise<Picture> {
  const picture = sized(applied, source);
  const { height, width } = picture;
  checkMemory(
    estimatePaintingMemory(applied.architecture, height, width),
    undefined,
    'make the picture smaller with --size',
  );
  return applied.painter.paint(picture);
}

function sized({ size }: Applied, picture: Picture): Picture {
  return size === undefined ? picture : fitWithin(picture, size);
}

async function recipeOf({ checkpoint, size }: Applied, pictures: readonly string[]): Promise<Recipe> {
  const { inputs, roles } = await recordInputs({ picture: pictures, checkpoint: [checkpoint] });
  const options = { fast: true, ...(size !== undefined && { size }), roles };
  return recipe({ system: 'style', seed: 0, options, inputs });
}

function conclude(
  { output, signal }: Applied,
  path: string,
  done: number,
  total: number,
  what: string,
): void {
  const reason = signal.aborted && done < total ? 'aborted' : 'finished';
  output.event({ type: 'done', reason, count: done, path });
  output.text(`${path}\n`);
  if (reason === 'finished') return;
  output.note(`interrupted: ${done} of ${total} ${what}`);
  process.exitCode = INTERRUPTED;
}
