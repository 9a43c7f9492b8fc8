import { z } from 'zod';
import { pathThrough } from '../../latent/index.ts';
import { option, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { FRAMES_PER_SECOND, writeLatentAnimation } from './animation.ts';
import { ganSystem } from './gan-system.ts';
import { withRun } from './open-run.ts';
import { animationOptions, methodOption, runInputs, stepsOption } from './options.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';

function walkJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.walk`;
  return defineJob({
    name,
    about:
      'Walk through the latent space from one random point to the next and back to the first, as an animation.',
    inputs: z.strictObject(runInputs),
    options: z.strictObject({
      ...system.options,
      points: z.int().min(1).default(8).describe('number of random points'),
      steps: stepsOption.default(20).describe('frames from one point to the next'),
      method: methodOption.default('spherical'),
      ...animationOptions,
      framesPerSecond: z.number().default(FRAMES_PER_SECOND).describe('frames per second'),
    }),
    async work({ output, ...request }, work) {
      const { stoppedAt, ...options } = request.options;
      const { points, steps, method, framesPerSecond } = options;
      await withRun(system, request, work, async (run) => {
        run.checkCount(points * steps, words`${option('points')} and ${option('steps')}`);
        const path = pathThrough(run.model.draw(run.random, points), steps, method, { closed: true });
        const animation = {
          pictures: run.model.decode(path),
          total: path.length,
          scale: run.look.animationScale,
          framesPerSecond,
          until: stoppedAt?.frame,
          recipe: await run.recipe(name, options),
        };
        await writeLatentAnimation(output, animation, work);
      });
    },
  });
}

/** The job that walks through the latent space, for each system. */
export const walkJobs = { vae: walkJob(vaeSystem), gan: walkJob(ganSystem) };
