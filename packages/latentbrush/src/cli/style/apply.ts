import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { basename, dirname, extname, join, relative } from 'node:path';
import { listPictures, readPictures } from '../../data/index.ts';
import { writePicture } from '../../image/index.ts';
import { paintPictures } from '../../style/index.ts';
import { conclude, countOf } from '../conclude.ts';
import { filmEnding, isFilmPath } from '../../jobs/film-source.ts';
import { checkFilmTarget, checkFrameFlag, checkSpeedFlag, noteFirst, noteFirsts } from '../film-flags.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { isAnimation } from '../../jobs/latent/film.ts';
import { LeftOut } from '../left-out.ts';
import { Output, type OutputOptions } from '../output.ts';
import { targetOption } from '../overwriting.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { outputOptions, unusedSeedOption } from '../shared-options.ts';
import { checkEmptyFolder, isFolder, makeTargetFolder, stemOf } from '../../jobs/target-file.ts';
import { AppliedStyle } from './applied-style.ts';
import { applyToFilm } from './apply-film.ts';
import { applyToPicture } from './apply-picture.ts';

interface Given extends OutputOptions {
  readonly output?: string;
  readonly size?: string;
  readonly threads?: string;
  readonly fps?: string;
  readonly frame?: string;
}

/** `latentbrush style apply`. */
export function styleApplyCommand(): Command {
  const command = new Command('apply')
    .description('Paint pictures with a trained style: a second for each, of any size.')
    .argument('<run>', 'folder of a style run')
    .argument(
      '<picture>',
      'a picture, an animated GIF or WebP, or a folder of pictures or of the frames of a film',
    );
  targetOption(
    command,
    '-o, --output <path>',
    'where to write: a picture; for an animation or a folder another folder, or .gif, .webp, .mp4 (default: <picture>-<style>)',
  );
  command
    .option('--size <n>', 'make larger pictures smaller first: their longest side in pixels')
    .option('--frame <n>', 'of an animation only this frame, from 1')
    .option('--fps <n>', 'frames per second of an animation (default: 20; of an animation its own delays)')
    .option('--threads <n>', 'processor threads (default: all)');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (run: string, source: string, given: Given) => {
    const size = given.size === undefined ? undefined : lengthOf('--size', given.size);
    const threads = given.threads === undefined ? undefined : lengthOf('--threads', given.threads);
    const framesPerSecond = given.fps === undefined ? undefined : numberOf('--fps', given.fps);
    const frame = given.frame === undefined ? undefined : lengthOf('--frame', given.frame);
    await checkFrameFlag(source, frame);
    const output = new Output(given);
    const isAnimated = !(await isFolder(source)) && (await isFilmPath(source)) && frame === undefined;
    if (isAnimated && given.output !== undefined) await checkFilmTarget(given.output, source);
    const isMoving = isAnimated || (given.output !== undefined && isAnimation(given.output));
    checkSpeedFlag(framesPerSecond, isMoving, given.output ?? '.gif');
    const applied = await AppliedStyle.load(run, { size, threads });
    const context = { output, signal: abortOnInterrupt(output) };
    const target = given.output ?? `${stemOf(source)}-${applied.style}`;
    try {
      if (isAnimated) {
        const film = given.output ?? `${target}${filmEnding(source)}`;
        await applyToFilm(applied, source, framesPerSecond, film, context);
      } else if (!(await isFolder(source))) {
        if (frame === undefined) await noteFirst(source, output);
        await applyToPicture(applied, source, given.output ?? `${target}.png`, context, frame);
      } else if (given.output !== undefined && isAnimation(given.output))
        await applyToFilm(applied, source, framesPerSecond, target, context);
      else {
        if (given.output !== undefined) await checkFolderName(given.output, source);
        await applyToFolder(applied, source, target, context);
      }
    } finally {
      await applied.release();
    }
  });
}

/** @throws InputError when a picture seems to be meant where a folder is needed */
async function checkFolderName(target: string, source: string): Promise<void> {
  if (extname(target) === '' || (await isFolder(target))) return;
  throw new InputError(
    `${target}: is no name for a folder, and ${source} is one; choose a name without an ending, or for a film one that ends in .gif, .webp or .mp4`,
  );
}

async function applyToFolder(
  applied: AppliedStyle,
  source: string,
  target: string,
  context: Pick<JobContext, 'output' | 'signal'>,
): Promise<void> {
  const { output, signal } = context;
  const leftOut = new LeftOut(output);
  const paths = await listPictures(source, { leftOut: leftOut.add });
  await checkEmptyFolder(target, 'the pictures');
  await noteFirsts(paths, output);
  let done = 0;
  let first: string | undefined;
  const written = new Set<string>();
  for await (const found of paintPictures(applied, readPictures(until(signal, paths)))) {
    done += 1;
    if (found.type === 'skipped') {
      first ??= found.reason;
      leftOut.add(found.path, found.reason);
      continue;
    }
    const place = join(target, dirname(relative(source, found.path)));
    let path = join(place, `${stemOf(found.path)}.png`);
    if (written.has(path)) path = join(place, `${basename(found.path)}.png`); // cat.jpg beside cat.png
    written.add(path);
    await makeTargetFolder(place);
    await writePicture(path, found.picture, { recipe: await applied.recipe({ picture: found.path }) });
    output.event({ type: 'painted', source: found.path, path });
    output.progress(done, paths.length, 'pictures');
  }
  if (written.size === 0) {
    signal.throwIfAborted();
    throw new InputError(`${source}: none of its pictures could be painted; the first: ${first}`);
  }
  conclude(output, target, { ...countOf(done, paths.length, 'picture'), leftOut });
}

function* until(signal: AbortSignal, paths: readonly string[]): Generator<string, void, undefined> {
  for (const path of paths) {
    if (signal.aborted) return;
    yield path;
  }
}
