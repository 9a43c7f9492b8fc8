/**
 * Share of the learning rate in a step: a function of the step's number, from 0. Schedules multiply. They depend only on the step, so a
 * resumed training needs no stored state.
 */
export type Schedule = (step: number) => number;

/** The product of schedules; without any, always 1. */
export function product(...schedules: readonly Schedule[]): Schedule {
  return (step) => schedules.reduce((share, schedule) => share * schedule(step), 1);
}

/** Grows linearly over the first steps: min(1, (step + 1) / steps). With 0 steps always 1. */
export function warmUp(steps: number): Schedule {
  return (step) => (steps === 0 ? 1 : Math.min(1, (step + 1) / steps));
}

/** Halves every `steps` steps: 2^(-step / steps). */
export function halfLife(steps: number): Schedule {
  return (step) => 2 ** (-step / steps);
}

/** Falls linearly from 1 to `end` at step `total`: 1 - (1 - end) · step / total. */
export function linear(total: number, end: number): Schedule {
  return (step) => 1 - ((1 - end) * step) / total;
}

/**
 * A factor for each epoch after the first `after`: factor^max(0, epoch - after), with epochs from 1. char-rnn uses 0.97 after 10.
 * @param stepsPerEpoch steps of an epoch
 */
export function decayByEpoch(stepsPerEpoch: number, factor: number, after: number): Schedule {
  return (step) => factor ** Math.max(0, Math.floor(step / stepsPerEpoch) + 1 - after);
}
