import type { QueuedJob } from 'latentbrush/studio';

/** What a job keeps on its way, by its name: an option of the job, and the kind of its steps. */
export const KEPT_STEPS = {
  'dream.picture': { option: 'saveOctaves', kind: 'octave' },
  'style.paint': { option: 'saveRounds', kind: 'round' },
} as const;

/** What a step of a job is. */
export type StepKind = (typeof KEPT_STEPS)[keyof typeof KEPT_STEPS]['kind'];

const STEP = /-octave-\d+\.\w+$|-rounds[\\/]round-\d+\.\w+$/;

/** Whether a file is what a job had made after an octave or a round. */
export function isStep(file: string): boolean {
  return STEP.test(file);
}

/** The pictures of a job in the order in which it made them: after each octave or round, the result last. */
export function stepsOf({ artefacts, state }: Pick<QueuedJob, 'artefacts' | 'state'>): string[] {
  const steps = artefacts.filter(isStep);
  const result = artefacts.findLast((file) => !isStep(file));
  if (result === undefined) return steps;
  // The result of a whole job is its last step; a cancelled one stopped after it.
  return state === 'done' ? [...steps.slice(0, -1), result] : [...steps, result];
}

/** The kind of a job's steps; undefined for jobs without. */
export function stepKind(job: string): StepKind | undefined {
  return Object.hasOwn(KEPT_STEPS, job) ? KEPT_STEPS[job as keyof typeof KEPT_STEPS].kind : undefined;
}
