import { z } from 'zod';
import { counted } from '../../counted.ts';
import { EXPLORATION, formatContributions, VISUALIZATION, type Exploration } from '../../dream/index.ts';
import { checkCount, exploreMixes } from '../../dream/explore.ts';
import { checkContributions } from '../../dream/loss.ts';
import { montage, withRecipeOptions, writePicture, type Picture } from '../../image/index.ts';
import { words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { checkTarget } from '../target-file.ts';
import { commonOptions, dreamInputs, sourceInputs, sourceOptions } from './options.ts';
import { dreamOf, dreamRecipe, loadDream, nameOfSource, sourceOf } from './setup.ts';
import { reportSquares } from './squares.ts';
import { reportUnchanged } from './unchanged.ts';

const NAME = 'dream.explore';

/**
 * Tries random mixes of layers and writes one sheet of them. When aborted, the sheet shows the complete ones.
 */
export const dreamExploreJob = defineJob({
  name: NAME,
  about: 'Try random mixes of layers on a picture, and show them on one sheet.',
  inputs: z.strictObject({ ...sourceInputs, ...dreamInputs }),
  options: z.strictObject({
    ...commonOptions,
    layers: commonOptions.layers.describe('layers and channels to mix (default: drawn from the network)'),
    ...sourceOptions,
    explore: z.number().default(12).describe('number of mixes'),
    explores: z
      .enum(['channels', 'layers'])
      .default('channels')
      .meta({ hidden: true })
      .describe('whether to mix the chosen channels, or their whole layers as in version 0.1.0'),
    stoppedAt: z
      .object({ mix: z.int().min(1) })
      .optional()
      .meta({ hidden: true })
      .describe('number of mixes that an interrupted exploration had, to make it again'),
  }),
  defaults: ({ noise }) => ({ ...EXPLORATION, ...(noise !== undefined && VISUALIZATION) }),
  async work(request, work) {
    const { report, signal } = work;
    const { output: target } = request;
    const { stoppedAt, ...options } = request.options;
    const { explore: count, explores, layers } = options;
    const until = stoppedAt?.mix ?? count;
    checkCount(count);
    await checkTarget(target);
    const start = await sourceOf(request, report);
    const naming = { name: nameOfSource(request), mixes: true };
    const { backbone, pictures } = await loadDream(request, work, naming);
    const candidates =
      layers &&
      checkContributions(backbone, layers).map(({ layer, channel }) => ({
        layer,
        ...(explores === 'channels' && { channel }),
      }));
    const tried: Exploration[] = [];
    const steering = { candidates, pictures, signal };
    for await (const each of exploreMixes(backbone, start, count, dreamOf(request), steering)) {
      const mix = formatContributions(each.layers);
      for (const { layers, reason, error } of each.leftOut) {
        await report.metric({ type: 'leftOut', layers, reason });
        await report.note(words`${layers} is left out: ${error}`);
      }
      const data = { type: 'exploration', index: each.index, total: each.total, layers: mix };
      await report.progress(each.index, each.total, mix, data);
      await work.preview(() => each.picture);
      if (tried.length === 0) await reportSquares(each.squares, backbone, report);
      tried.push(each);
      if (tried.length === until) break;
    }
    if (tried.length === 0) signal.throwIfAborted();
    const made = withRecipeOptions(await dreamRecipe(NAME, { inputs: request.inputs, options }), {
      mixes: tried.map((each) => formatContributions(each.layers)),
      ...(tried.length < count && { stoppedAt: { mix: tried.length } }),
    });
    await writePicture(target, sheetOf(tried), { recipe: made });
    const ended = tried.map(({ steps, flat }) => ({ reason: 'finished' as const, steps, flat }));
    await reportUnchanged(ended, options.iterations, report);
    const reached = tried.length < until ? `${tried.length} of ${counted(count, 'mix', 'mixes')}` : undefined;
    await report.done({ path: target, reached });
  },
});

function sheetOf(tried: readonly Exploration[]): Picture {
  const labels = tried.map(
    ({ index, layers }) => `${index}: ${formatContributions(layers).replaceAll(',', ' ')}`,
  );
  return montage(
    tried.map(({ picture }) => picture),
    { labels },
  );
}
