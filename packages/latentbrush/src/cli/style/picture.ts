import { dirname, join } from 'node:path';
import { counted } from '../../counted.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { paint, styleOptions, type StylePlace } from '../../style/index.ts';
import { conclude } from '../conclude.ts';
import type { JobContext } from '../job-context.ts';
import { willWrite } from '../../jobs/files-in-use.ts';
import {
  checkTarget,
  checkTargetFolder,
  makeTargetFolder,
  stemOf,
  withSuffix,
} from '../../jobs/target-file.ts';
import { loadStyleBackbone, readStylePictures, styleRecipe, type StyleJob } from './job.ts';

/** What is written of a painting; where nothing is said, its last picture. */
export interface StylePart {
  /** The picture after each round too. */
  readonly saveRounds?: boolean;
  /** The picture at this place: where a painting was interrupted that is made again. */
  readonly until?: Pick<StylePlace, 'evaluation'> | undefined;
  /** The picture after this round in place of the last. */
  readonly round?: number | undefined;
}

/** Paints one picture and writes it, after each round as far as it came; interrupted, too. */
export async function paintPicture(
  job: StyleJob,
  target: string,
  context: JobContext,
  { saveRounds = false, until, round }: StylePart = {},
): Promise<void> {
  const { output, signal } = context;
  await checkTarget(target);
  const rounds = withoutExtension(withSuffix(target, 'rounds'));
  const roundPath = (number: number): string => join(rounds, `round-${String(number).padStart(2, '0')}.png`);
  if (saveRounds) {
    await checkTargetFolder(rounds);
    const { rounds: count } = parseOptions(styleOptions, job.options);
    for (let number = 1; number <= count; number++) await willWrite(roundPath(number));
  }
  const { content, styles } = await readStylePictures(job, output);
  const chosen = await loadStyleBackbone(job, context);
  const { backbone } = chosen;
  const made = await styleRecipe(job, chosen);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let place: StylePlace = { round: 0, evaluation: 0 };
  let painted = 0; // rounds
  const stopAt = (evaluation: number): void => {
    if (until !== undefined && evaluation >= until.evaluation) stop.abort();
  };
  for await (const event of paint(backbone, content, styles, { ...job.options, signal: either })) {
    switch (event.type) {
      case 'start':
        output.event(event);
        output.note(
          `${event.width}x${event.height}, ${counted(event.rounds, 'round')} with ${backbone.name}, about ${(event.memory / 2 ** 30).toFixed(1)} GiB of memory`,
        );
        stopAt(0);
        break;
      case 'evaluation':
        output.event(event);
        output.progress(event.evaluation, event.total, `loss ${event.loss.toPrecision(4)}`);
        place = { round: painted + 1, evaluation: event.evaluation };
        stopAt(event.evaluation);
        break;
      case 'round': {
        const { picture, ...figures } = event;
        painted = event.round;
        const recipe = withRecipeOptions(made, {
          round: event.round,
          ...(either.aborted && { stoppedAt: place }),
        });
        if (event.round === round && !signal.aborted) {
          await writePicture(target, picture, { recipe });
          conclude(output, target);
          return;
        }
        const path = roundPath(event.round);
        if (saveRounds) {
          await makeTargetFolder(rounds);
          await writePicture(path, picture, { recipe });
        }
        output.event({ ...figures, ...(saveRounds && { path }) });
        break;
      }
      case 'done': {
        const { stoppedAt } = event;
        const recipe = stoppedAt === undefined ? made : withRecipeOptions(made, { stoppedAt });
        await writePicture(target, event.picture, { recipe });
        const isAborted = event.reason === 'aborted' && !stop.signal.aborted;
        conclude(output, target, { interrupted: isAborted ? 'this is how far it came' : undefined });
      }
    }
  }
}

function withoutExtension(path: string): string {
  return join(dirname(path), stemOf(path));
}
