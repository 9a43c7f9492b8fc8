import type { RunEntry } from '../api/runs.ts';
import type { Say, WordKey } from '../words/index.ts';

/** The title of a run for people: its name; for a run that comes with Latentbrush, what it contains. */
export function runTitle({ name, isPretrained }: RunEntry, say: Say): string {
  return isPretrained ? say(pretrainedKey(name)) : name;
}

/** The texts of the runs that come with Latentbrush have their names: `pretrained.faces-vae`. */
export function pretrainedKey(name: string, what = ''): WordKey {
  return `${name.replace(':', '.')}${what}` as WordKey;
}
