import { dirname, join } from 'node:path';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import type { StylePlace } from '../../style/index.ts';
import { paintChecked } from '../../style/transfer/render.ts';
import { option, OptionError, words } from '../../words.ts';
import { willWrite } from '../files-in-use.ts';
import { readFrame, takenFirst } from '../animation-source.ts';
import { defineJob } from '../job.ts';
import { checkTarget, checkTargetFolder, makeTargetFolder, stemOf, withSuffix } from '../target-file.ts';
import { varyOption } from '../vary.ts';
import { paintOptions, sourceFrame, styleInputs } from './options.ts';
import { loadStyleBackbone, readStyles, styleOf, styleRecipe } from './setup.ts';

const NAME = 'style.paint';

/** Paints one picture in the style of others. When aborted, it writes the picture as it is. */
export const stylePaintJob = defineJob({
  name: NAME,
  about: 'Repaint a picture in the style of others.',
  inputs: z.strictObject({ content: z.string().describe('the picture to repaint'), ...styleInputs }),
  options: z.strictObject({
    ...paintOptions,
    sourceFrame,
    ...varyOption,
    saveRounds: z
      .boolean()
      .default(false)
      .meta({ recorded: false })
      .describe('also keep the picture after each round'),
    round: z
      .int()
      .min(1)
      .optional()
      .meta({ hidden: true })
      .describe('write the picture after this round instead of the last'),
    stoppedAt: z
      .object({ evaluation: z.int().min(0) })
      .optional()
      .meta({ hidden: true })
      .describe('where an interrupted painting stopped, to make it again'),
  }),
  cellDefaults: () => ({ height: 192 }),
  async work(request, work) {
    const { report, signal } = work;
    const { inputs, output: target } = request;
    const { rounds: total, saveRounds, round, stoppedAt: until, sourceFrame } = request.options;
    if ((round ?? 0) > total)
      throw new OptionError(words`${option('round')}: ${round ?? 0} was given; there are not that many`);
    await checkTarget(target);
    const rounds = withoutExtension(withSuffix(target, 'rounds'));
    const roundPath = (number: number): string =>
      join(rounds, `round-${String(number).padStart(2, '0')}.png`);
    if (saveRounds) {
      await checkTargetFolder(rounds);
      for (let number = 1; number <= total; number++) await willWrite(roundPath(number));
    }
    const note = sourceFrame === undefined ? await takenFirst(inputs.content) : undefined;
    if (note !== undefined) await report.note(note);
    const styles = await readStyles(request, work);
    const content = await readFrame(inputs.content, sourceFrame);
    const chosen = await loadStyleBackbone(request, work);
    const made = await styleRecipe(
      NAME,
      request,
      chosen,
      inputs,
      sourceFrame === undefined ? {} : { sourceFrame },
    );
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let place: StylePlace = { round: 0, evaluation: 0 };
    let painted = 0; // rounds
    const stopAt = (evaluation: number): void => {
      if (until !== undefined && evaluation >= until.evaluation) stop.abort();
    };
    const options = styleOf(request, chosen);
    for await (const event of paintChecked(chosen.backbone, content, styles, options, either)) {
      switch (event.type) {
        case 'start':
          await report.metric(event);
          await report.note(
            `${event.width}x${event.height}, ${counted(event.rounds, 'round')} with ${chosen.backbone.name}, about ${(event.memory / 2 ** 30).toFixed(1)} GiB of memory`,
          );
          stopAt(0);
          break;
        case 'evaluation': {
          const { picture, ...figures } = event;
          const label = `loss ${event.loss.toPrecision(4)}`;
          await report.progress(event.evaluation, event.total, label, figures);
          await work.preview(picture);
          place = { round: painted + 1, evaluation: event.evaluation };
          stopAt(event.evaluation);
          break;
        }
        case 'round': {
          const { picture, ...figures } = event;
          painted = event.round;
          const recipe = withRecipeOptions(made, {
            round: event.round,
            ...(either.aborted && { stoppedAt: place }),
          });
          if (event.round === round && !signal.aborted) {
            await writePicture(target, picture, { recipe });
            await report.done({ path: target });
            return;
          }
          const path = roundPath(event.round);
          if (saveRounds) {
            await makeTargetFolder(rounds);
            await writePicture(path, picture, { recipe });
            await report.artefact(path);
          }
          await report.metric({ ...figures, ...(saveRounds && { path }) });
          break;
        }
        case 'done': {
          const { stoppedAt } = event;
          const recipe = stoppedAt === undefined ? made : withRecipeOptions(made, { stoppedAt });
          await writePicture(target, event.picture, { recipe });
          const isAborted = event.reason === 'aborted' && !stop.signal.aborted;
          await report.done({
            path: target,
            reached: isAborted ? 'the picture shows the state reached' : undefined,
          });
        }
      }
    }
  },
});

function withoutExtension(path: string): string {
  return join(dirname(path), stemOf(path));
}
