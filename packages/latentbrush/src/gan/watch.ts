import type { IterationFigures } from './events.ts';
import type { TrainOptions } from './options.ts';
import type { GanCounts } from './run.ts';
import { option, words, type Words } from '../words.ts';

/** Weight of the past in the running means: about the last hundred iterations count. */
const MEMORY = 0.99;

/** Iterations before the first warning, and between warnings. */
const PATIENCE = 500;

/** The running means of a new training. */
export const beginning: GanCounts = {
  realAccuracy: 0.5,
  generatedAccuracy: 0.5,
  diversity: 1,
  warnedAt: 0,
};

/** The running means after one more iteration. */
export function watched(progress: GanCounts, figures: IterationFigures): GanCounts {
  const mean = (name: 'realAccuracy' | 'generatedAccuracy' | 'diversity'): number =>
    MEMORY * progress[name] + (1 - MEMORY) * figures[name];
  return {
    ...progress,
    realAccuracy: mean('realAccuracy'),
    generatedAccuracy: mean('generatedAccuracy'),
    diversity: mean('diversity'),
  };
}

/**
 * A warning about the training, with advice; undefined when nothing is wrong, or when it was given recently.
 */
export function warningOf(
  { realAccuracy, generatedAccuracy, diversity, warnedAt }: GanCounts,
  step: number,
  { discriminatorRate, dropout, loss }: TrainOptions,
): Words | undefined {
  if (step - warnedAt < PATIENCE) return undefined;
  if (diversity < 0.25) {
    return words`the generated pictures hardly differ from one another (${percent(diversity)} of the variety of real ones): mode collapse; try ${option('loss')} hinge, more ${option('dropout')} or a lower ${option('generatorRate')}`;
  }
  // A critic should be ahead; a classifier that is always right teaches nothing.
  if (loss !== 'wgan-gp' && Math.min(realAccuracy, generatedAccuracy) > 0.98) {
    return words`the discriminator is right for ${percent(Math.min(realAccuracy, generatedAccuracy))} of the pictures, so the generator learns little; lower ${option('discriminatorRate')} (now ${discriminatorRate}) or raise ${option('dropout')} (now ${dropout})`;
  }
  if (Math.max(realAccuracy, generatedAccuracy) < 0.05) {
    return words`the discriminator is wrong for nearly all pictures; raise ${option('discriminatorRate')} or lower ${option('generatorRate')}`;
  }
  return undefined;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
