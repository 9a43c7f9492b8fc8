import { dirname, join } from 'node:path';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import type { StylePlace } from '../../style/index.ts';
import { paintChecked } from '../../style/transfer/render.ts';
import { option, OptionError, words } from '../../words.ts';
import { willWrite } from '../files-in-use.ts';
import { readFrame, takenFirst } from '../animation-source.ts';
import { defineJob, type JobWork } from '../job.ts';
import { checkTarget, checkTargetFolder, makeTargetFolder, stemOf, withSuffix } from '../target-file.ts';
import { varyOption } from '../vary.ts';
import { paintOptions, sourceFrame, styleInputs } from './options.ts';
import { loadStyleBackbone, readStyles, styleOf, styleRecipe } from './setup.ts';

const NAME = 'style.paint';

const inputs = z.strictObject({ content: z.string().describe('the picture to repaint'), ...styleInputs });

const options = z.strictObject({
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
});

/** Paints one picture in the style of others. When aborted, it writes the picture as it is. */
export const stylePaintJob = defineJob({
  name: NAME,
  about: 'Repaint a picture in the style of others.',
  inputs,
  options,
  cellDefaults: () => ({ height: 192 }),
  async work(request, work) {
    const { report, signal } = work;
    const { output: target } = request;
    const { rounds: total, saveRounds, round, stoppedAt: until } = request.options;
    if ((round ?? 0) > total)
      throw new OptionError(words`${option('round')}: ${round ?? 0} was given; this painting has ${total}`);
    await checkTarget(target);
    const rounds = roundsBeside(target);
    if (saveRounds) await rounds.check(total);
    const { content, styles, chosen, made } = await loadPainting(request, work);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let place: StylePlace = { round: 0, evaluation: 0 };
    let painted = 0; // rounds
    const stopAt = (evaluation: number): void => {
      if (until !== undefined && evaluation >= until.evaluation) stop.abort();
    };
    const asked = styleOf(request, chosen);
    for await (const event of paintChecked(chosen.backbone, content, styles, asked, either)) {
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
          const path = rounds.path(event.round);
          if (saveRounds) {
            await makeTargetFolder(rounds.folder);
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

/** A request to paint a picture. */
interface PaintRequest {
  readonly inputs: z.output<typeof inputs>;
  readonly options: z.output<typeof options>;
}

/** Reads the pictures, loads the network, and makes the recipe. */
async function loadPainting(request: PaintRequest, work: JobWork) {
  const { content: path } = request.inputs;
  const { sourceFrame: frame } = request.options;
  const note = frame === undefined ? await takenFirst(path) : undefined;
  if (note !== undefined) await work.report.note(note);
  const styles = await readStyles(request, work);
  const content = await readFrame(path, frame);
  const chosen = await loadStyleBackbone(request, work);
  const extra = frame === undefined ? {} : { sourceFrame: frame };
  const made = await styleRecipe(NAME, request, chosen, request.inputs, extra);
  return { content, styles, chosen, made };
}

/** The folder beside a painting for its rounds. */
function roundsBeside(target: string) {
  const folder = withoutExtension(withSuffix(target, 'rounds'));
  const path = (number: number): string => join(folder, `round-${String(number).padStart(2, '0')}.png`);
  const check = async (count: number): Promise<void> => {
    await checkTargetFolder(folder);
    for (let number = 1; number <= count; number++) await willWrite(path(number));
  };
  return { folder, path, check };
}

function withoutExtension(path: string): string {
  return join(dirname(path), stemOf(path));
}
