import { Option, type Command } from 'commander';
import type { Picture } from '../image/index.ts';
import { wayThrough, type InterpolationMethod, type Point } from '../latent/index.ts';
import { animated } from './latent-film.ts';
import type { Output } from './output.ts';
import { lengthOf, numberOf } from './schema-options.ts';

/** Flags of a walk, besides those of the system. */
export interface WalkFlags {
  readonly points?: string;
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
  readonly output?: string;
}

/** What walks: the latent space of a trained model. */
export interface Walker {
  readonly draw: (count: number) => readonly Point[];
  readonly picturesOf: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** Throws when so many pictures are too many. */
  readonly checkCount: (count: number, flags: string) => void;
  /** How many times each pixel is enlarged. */
  readonly scale: number;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What `-o` of a walk is. */
export const WALK_TARGET = 'where to write: .gif, .webp or .mp4 (default: walk.gif)';

/** Adds the flags of a walk. */
export function walkFlags(command: Command): void {
  command
    .option('--points <n>', 'points on the way (default: 8)')
    .option('--steps <n>', 'frames from one to the next (default: 20)')
    .addOption(
      new Option('--method <name>', 'straight, or along the sphere around 0')
        .choices(['linear', 'spherical'])
        .default('spherical'),
    )
    .option('--fps <n>', 'frames per second (default: 20)');
}

/** Walks from random point to random point and back to the first, and writes the animation. */
export async function writeWalk(given: WalkFlags, walker: Walker): Promise<void> {
  const points = given.points === undefined ? 8 : lengthOf('--points', given.points);
  const steps = given.steps === undefined ? 20 : lengthOf('--steps', given.steps);
  const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
  walker.checkCount(points * steps, '--points and --steps');
  const way = wayThrough(walker.draw(points), steps, given.method, { closed: true });
  const film = {
    pictures: walker.picturesOf(way),
    total: way.length,
    scale: walker.scale,
    framesPerSecond,
  };
  await animated(given.output ?? 'walk.gif', film, walker);
}
