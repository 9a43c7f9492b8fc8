import type { QueuedJob } from 'latentbrush/studio';

/** The intermediate results of a job, by its name: the option that keeps them, and the kind of its steps. */
const KEPT_STEPS = {
  'dream.picture': { option: 'saveOctaves', kind: 'octave' },
  'style.paint': { option: 'saveRounds', kind: 'round' },
} as const;

/** The option by which a job keeps its steps; undefined for a job with one picture. */
export function stepOption(job: string): string | undefined {
  return Object.hasOwn(KEPT_STEPS, job) ? KEPT_STEPS[job as keyof typeof KEPT_STEPS].option : undefined;
}

/** The kind of a step. */
type StepKind = (typeof KEPT_STEPS)[keyof typeof KEPT_STEPS]['kind'];

const STEP = /-octave-\d+\.\w+$|-rounds[\\/]round-\d+\.\w+$/;

/** Whether a file is an intermediate picture of a job, after an octave or a round. */
export function isStep(file: string): boolean {
  return STEP.test(file);
}

/** The pictures of a job in order: after each octave or round, then the result. */
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
