import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ganRuns } from '../../gan/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import { readRun } from '../../runs/training-run.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { animated } from '../latent-film.ts';
import { Output, type OutputOptions } from '../output.ts';
import { targetOption } from '../overwriting.ts';
import { numberOf } from '../schema-options.ts';
import { outputOptions, unusedSeedOption } from '../shared-options.ts';

interface Given extends OutputOptions {
  readonly output?: string;
  readonly fps?: string;
}

/** `latentbrush gan progress`. */
export function ganProgressCommand(): Command {
  const command = new Command('progress')
    .description(
      'Show how a GAN learned: its sheets of generated pictures, all of the same points, as an animation.',
    )
    .argument('<run>', 'folder of a GAN run');
  targetOption(command, '-o, --output <file>', 'where to write: .gif, .webp or .mp4 (default: progress.gif)');
  command.option('--fps <n>', 'sheets per second (default: 10)');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (folder: string, given: Given) => {
    const output = new Output(given);
    const signal = abortOnInterrupt(output);
    await readRun(ganRuns, folder);
    const samples = join(folder, 'samples');
    const names = (await readdir(samples).catch(() => [])).filter((name) =>
      /^step-\d+-generated\.png$/.test(name),
    );
    if (names.length === 0) throw new InputError(`${folder}: has no sheets yet; train it further`);
    const frames: Picture[] = [];
    for (const name of names.sort()) frames.push(await readPicture(join(samples, name)));
    const framesPerSecond = given.fps === undefined ? 10 : numberOf('--fps', given.fps);
    const last = frames.at(-1)!;
    const end = Array.from({ length: Math.ceil(framesPerSecond) }, () => last); // the last sheet stays for a second
    const film = {
      pictures: [...frames, ...end],
      total: frames.length + end.length,
      scale: 1,
      framesPerSecond,
    };
    await animated(given.output ?? 'progress.gif', film, { output, signal });
  });
}
