import { z } from 'zod';
import { pathThrough } from '../../latent/index.ts';
import { option, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { FRAMES_PER_SECOND, isAnimation, writeLatentAnimation } from './animation.ts';
import { ganSystem } from './gan-system.ts';
import { withRun } from './open-run.ts';
import { animationOptions, methodOption, runInputs, stepsOption } from './options.ts';
import { pointsInput, pointsOf, pointsOption } from './points.ts';
import { sheetOf, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';
import { varyOption } from '../vary.ts';

function interpolateJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.interpolate`;
  return defineJob({
    name,
    about:
      'Move from one point of the latent space to the next and show the pictures between them, as a strip or an animation.',
    inputs: z.strictObject({ ...runInputs, files: pointsInput }),
    options: z.strictObject({
      ...varyOption,
      ...system.options,
      points: pointsOption,
      steps: stepsOption
        .optional()
        .describe('number of steps from one point to the next (default: 10; 24 for animations)'),
      method: methodOption.default(system.interpolation),
      ...animationOptions,
    }),
    async work({ output, ...request }, work) {
      const { stoppedAt, framesPerSecond = FRAMES_PER_SECOND, ...options } = request.options;
      const isAnimated = isAnimation(output);
      const steps = options.steps ?? (isAnimated ? 24 : 10);
      await withRun(system, request, work, async (run) => {
        const check = (count: number): void =>
          run.checkCount((count - 1) * steps + 1, words`${option('steps')}`);
        check(options.points.length); // before any picture is read
        const points = await pointsOf(request, run);
        check(points.length); // a file may contain many
        const path = pathThrough(points, steps, options.method);
        const pictures = run.model.decode(path);
        const recorded = { ...options, steps, ...(isAnimated && { framesPerSecond }) };
        const recipe = await run.recipe(name, recorded, { files: request.inputs.files ?? [] });
        if (!isAnimated)
          return writeSheet(output, work, async () => ({
            picture: await sheetOf(pictures, steps + 1, run.look, work),
            recipe,
          }));
        const scale = run.look.interpolationScale;
        const until = stoppedAt?.frame;
        await writeLatentAnimation(
          output,
          { pictures, total: path.length, scale, framesPerSecond, until, recipe },
          work,
        );
      });
    },
  });
}

/** The job that moves from point to point, for each system. */
export const interpolateJobs = { vae: interpolateJob(vaeSystem), gan: interpolateJob(ganSystem) };
