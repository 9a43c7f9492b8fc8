import { InputError } from '@latentbrush/engine';
import { Option, type Command } from 'commander';
import type { Picture } from '../image/index.ts';
import { bent, readConcept, type ConceptDirection, type Point } from '../latent/index.ts';
import { animated, isAnimation } from './latent-film.ts';
import type { Output } from './output.ts';
import { checkPictureCount } from './picture-count.ts';
import { lengthOf, numberOf } from './schema-options.ts';
import { writeMade } from './sheet-target.ts';

/** Flags of commands that move points of a latent space along a concept. */
export interface BendFlags {
  readonly output?: string;
  readonly concept: string;
  readonly strength: string;
  readonly steps?: string;
  readonly direction: ConceptDirection;
  readonly fps?: string;
}

/**
 * Adds the flags of commands that move points along a concept.
 * @param maker what makes concepts, as `vae concept`
 */
export function bendFlags(command: Command, maker: string): void {
  command
    .requiredOption('--concept <file>', `what ${maker} wrote`)
    .option(
      '--strength <from..to>',
      '1 is the way from pictures without the quality to those with it',
      '-2..2',
    )
    .option('--steps <n>', 'pictures in a strip (default: 9; 48 for animations)')
    .addOption(
      new Option('--direction <name>', 'mean: from mean to mean; logistic: across the border of a classifier')
        .choices(['mean', 'logistic'])
        .default('mean'),
    )
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
}

/** How a system shows points of its latent space. */
export interface ShownPoints {
  /** The command, for messages: `vae bend`. */
  readonly command: string;
  /** The points to be moved. */
  readonly points: () => Promise<readonly Point[]>;
  /** Pictures of points on one sheet. */
  readonly sheet: (points: readonly Point[], columns: number) => Promise<Picture>;
  /** Pictures of points, one by one. */
  readonly frames: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** Of each picture. */
  readonly form: { readonly size: number; readonly channels: number };
  /** How many times a pixel of an animation is enlarged. */
  readonly scale: number;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * Moves points along a concept and writes what they show: a sheet with a row for each point, less of the quality to the left and more to the
 * right, or an animation there and back.
 * @throws InputError when a flag makes no sense, the file is no concept or one of another latent space
 */
export async function writeBent(given: BendFlags, shown: ShownPoints): Promise<void> {
  const { scale } = shown;
  const concept = await readConcept(given.concept);
  const target = given.output ?? 'bent.png';
  const moving = isAnimation(target);
  const steps = given.steps === undefined ? (moving ? 48 : 9) : lengthOf('--steps', given.steps);
  const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
  const points = await shown.points();
  if (moving && points.length > 1)
    throw new InputError(`${shown.command}: an animation shows one picture; give one`);
  checkPictureCount(points.length * steps, shown.form, '--steps');
  const strengths = strengthsOf(given.strength, steps);
  const rows = points.map((point) =>
    strengths.map((strength) => bent(point, concept, strength, given.direction)),
  );
  if (!moving) {
    await writeMade(target, shown, async () => ({
      picture: await shown.sheet(rows.flat(), steps),
      told: { concept: concept.name, strengths },
    }));
    return;
  }
  const way = rows[0]!;
  const film = { pictures: shown.frames(way), total: way.length, back: true, scale, framesPerSecond };
  await animated(target, film, shown);
}

function strengthsOf(text: string, steps: number): number[] {
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text) ?? [];
  const [from, to] = [Number(low ?? Number.NaN), Number(high ?? Number.NaN)];
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new InputError(`--strength: "${text}" was given; write from..to, as -2..2`);
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? to : from + ((to - from) * i) / (steps - 1)));
}
