import { dirname, join } from 'node:path';
import { counted } from '../../counted.ts';
import { writePicture } from '../../image/index.ts';
import { paint } from '../../style/index.ts';
import { INTERRUPTED } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { checkTarget, checkTargetFolder, makeTargetFolder, stemOf, withSuffix } from '../target-file.ts';
import { loadStyleBackbone, readStylePictures, styleRecipe, type StyleJob } from './job.ts';

/** Paints one picture and writes it, after each round as far as it came; interrupted, too. */
export async function paintPicture(
  job: StyleJob,
  target: string,
  context: JobContext,
  { saveRounds = false }: { readonly saveRounds?: boolean } = {},
): Promise<void> {
  const { output, signal } = context;
  await checkTarget(target);
  const rounds = withoutExtension(withSuffix(target, 'rounds'));
  if (saveRounds) await checkTargetFolder(rounds);
  const { content, styles } = await readStylePictures(job);
  const { backbone, fallback } = await loadStyleBackbone(job, context);
  const made = await styleRecipe(job, fallback === undefined ? (job.backbone ?? backbone.name) : 'embedded');
  for await (const event of paint(backbone, content, styles, job.options, signal)) {
    switch (event.type) {
      case 'start':
        output.event(event);
        output.note(
          `${event.width}x${event.height}, ${counted(event.rounds, 'round')} with ${backbone.name}, about ${(event.memory / 2 ** 30).toFixed(1)} GiB of memory`,
        );
        break;
      case 'evaluation':
        output.event(event);
        output.progress(event.evaluation, event.total, `loss ${event.loss.toPrecision(4)}`);
        break;
      case 'round': {
        const { picture, ...figures } = event;
        const path = join(rounds, `round-${String(event.round).padStart(2, '0')}.png`);
        if (saveRounds) {
          await makeTargetFolder(rounds);
          await writePicture(path, picture);
        }
        output.event({ ...figures, ...(saveRounds && { path }) });
        break;
      }
      case 'done':
        await writePicture(target, event.picture, { recipe: made });
        output.event({ type: 'done', reason: event.reason, path: target });
        output.text(`${target}\n`);
        if (event.reason === 'aborted') {
          output.note('interrupted: this is how far it came');
          process.exitCode = INTERRUPTED;
        }
    }
  }
}

function withoutExtension(path: string): string {
  return join(dirname(path), stemOf(path));
}
