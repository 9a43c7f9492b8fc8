import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { bent, readConcept } from '../../latent/index.ts';
import { placeOfConcept } from '../../runs/pretrained-runs.ts';
import { option, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { FRAMES_PER_SECOND, isAnimation, writeLatentAnimation } from './animation.ts';
import { ganSystem } from './gan-system.ts';
import { withRun } from './open-run.ts';
import { animationOptions, runInputs, stepsOption } from './options.ts';
import { pointsInput, pointsOf, pointsOption } from './points.ts';
import { sheetOf, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';
import { varyOption } from '../vary.ts';

/**
 * Moves points along a concept. A sheet has a row for each point, with less of the concept to the left and more to the right; an animation
 * moves forth and back.
 */
function bendJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.bend`;
  return defineJob({
    name,
    about: 'Move pictures along a concept in steps: less of it to the left, more to the right.',
    inputs: z.strictObject({
      ...runInputs,
      files: pointsInput,
      concept: z.string().describe('file of a concept, or one of the package: pretrained:faces-vae/smile'),
    }),
    options: z.strictObject({
      ...varyOption,
      ...system.options,
      points: pointsOption.min(1),
      strength: z
        .strictObject({ from: z.number(), to: z.number() })
        .default({ from: -2, to: 2 })
        .describe('strength of the concept: 1 leads from pictures without it to those with it'),
      steps: stepsOption.optional().describe('number of pictures (default: 9; 48 for animations)'),
      direction: z
        .enum(['mean', 'logistic'])
        .default('mean')
        .describe(
          'mean: from one class mean to the other; logistic: across the decision boundary of a classifier',
        ),
      ...animationOptions,
    }),
    async work({ output, ...request }, work) {
      const { stoppedAt, framesPerSecond = FRAMES_PER_SECOND, ...options } = request.options;
      const { files = [], concept: given } = request.inputs;
      const file = placeOfConcept(given);
      const concept = await readConcept(file);
      const isAnimated = isAnimation(output);
      const steps = options.steps ?? (isAnimated ? 48 : 9);
      await withRun(system, request, work, async (run) => {
        const points = await pointsOf(request, run);
        if (isAnimated && points.length > 1)
          throw new InputError(`${system.name} bend: an animation shows one picture; give one`);
        run.checkCount(points.length * steps, words`${option('steps')}`);
        const strengths = strengthsBetween(options.strength, steps);
        const path = points.flatMap((point) =>
          strengths.map((strength) => bent(point, concept, strength, options.direction)),
        );
        const pictures = run.model.decode(path);
        const recorded = { ...options, steps, ...(isAnimated && { framesPerSecond }) };
        const recipe = await run.recipe(name, recorded, { concept: [file], files });
        if (!isAnimated)
          return writeSheet(output, work, async () => ({
            picture: await sheetOf(pictures, steps, run.look, work),
            figures: { concept: concept.name, strengths },
            recipe,
          }));
        const scale = run.look.animationScale;
        const until = stoppedAt?.frame;
        const animation = { pictures, total: path.length, back: true, scale, framesPerSecond, until, recipe };
        await writeLatentAnimation(output, animation, work);
      });
    },
  });
}

function strengthsBetween(
  { from, to }: { readonly from: number; readonly to: number },
  steps: number,
): number[] {
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? to : from + ((to - from) * i) / (steps - 1)));
}

/** The job that moves points along a concept, for each system. */
export const bendJobs = { vae: bendJob(vaeSystem), gan: bendJob(ganSystem) };
