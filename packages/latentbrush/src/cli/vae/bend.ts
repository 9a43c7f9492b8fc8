import { InputError } from '@latentbrush/engine';
import { Command, Option } from 'commander';
import { bent, readConcept, type ConceptDirection } from '../../latent/index.ts';
import { gridSheet, sheetScale } from '../../vae/index.ts';
import { animated, isAnimation } from '../latent-film.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { POINT_HELP, pointOf } from './point-argument.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly concept: string;
  readonly strength: string;
  readonly steps?: string;
  readonly direction: ConceptDirection;
  readonly fps?: string;
}

/** `latentbrush vae bend`. */
export function vaeBendCommand(): Command {
  const command = new Command('bend')
    .description('Move pictures along a concept, in steps: less of it to the left, more to the right.')
    .argument('<run>', 'folder of a VAE run')
    .argument('<pictures...>', POINT_HELP)
    .requiredOption('--concept <file>', 'what vae concept wrote')
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
  vaeFlags(command, 'where to write: a picture, or .gif, .webp, .mp4 (default: bent.png)');
  return command.action((folder: string, pictures: readonly string[], given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae, output } = session;
      const concept = await readConcept(given.concept);
      const target = given.output ?? 'bent.png';
      const moving = isAnimation(target);
      const steps = given.steps === undefined ? (moving ? 48 : 9) : lengthOf('--steps', given.steps);
      session.checkCount(pictures.length * steps, '--steps');
      const strengths = strengthsOf(given.strength, steps);
      const rows: Float32Array[][] = [];
      for (const picture of pictures) {
        const point = await pointOf(picture, session);
        rows.push(strengths.map((strength) => bent(point, concept, strength, given.direction)));
      }
      if (!moving) {
        await writeMade(target, output, async () => ({
          picture: await gridSheet(vae, rows.flat(), steps),
          told: { concept: concept.name, strengths },
        }));
        return;
      }
      if (rows.length > 1) throw new InputError('vae bend: an animation shows one picture; give one');
      const there = await vae.decode(rows[0]!);
      const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
      const scale = sheetScale(vae.model.architecture.size) * 2;
      await animated(target, [...there, ...there.slice(1, -1).reverse()], scale, framesPerSecond, output);
    }),
  );
}

function strengthsOf(text: string, steps: number): number[] {
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text) ?? [];
  const [from, to] = [Number(low ?? Number.NaN), Number(high ?? Number.NaN)];
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new InputError(`--strength: "${text}" was given; write from..to, as -2..2`);
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? to : from + ((to - from) * i) / (steps - 1)));
}
