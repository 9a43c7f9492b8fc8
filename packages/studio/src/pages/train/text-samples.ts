import type { JobNews } from '../../api/events.ts';

type Sample = JobNews['samples'][number];

/** The texts that a network wrote after one step, by temperature. */
export interface TextsOfStep {
  readonly step: number;
  readonly prompt: string;
  /** By temperature, as text: `0.5`. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Whether a sample is a text. */
function isText({ data }: Sample): boolean {
  return typeof data.prompt === 'string' && typeof data.text === 'string';
}

/** Text samples in the order of their steps. A step that was repeated by a continued training has its newest texts. */
export function textsByStep(samples: readonly Sample[]): TextsOfStep[] {
  const steps = new Map<number, TextsOfStep>();
  for (const { data } of samples.filter(isText)) {
    const [step, prompt] = [Number(data.step), String(data.prompt)];
    const known = steps.get(step);
    const texts = known?.prompt === prompt ? known.texts : {};
    steps.set(step, { step, prompt, texts: { ...texts, [String(data.temperature)]: String(data.text) } });
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

/** All temperatures, from cold to hot. */
export function temperaturesOf(steps: readonly TextsOfStep[]): string[] {
  return [...new Set(steps.flatMap(({ texts }) => Object.keys(texts)))].sort((a, b) => Number(a) - Number(b));
}
