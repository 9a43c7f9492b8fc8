import { ganSystem } from './gan/system.ts';
import { styleSystem } from './style/fast/system.ts';
import { textSystem } from './text/system.ts';
import type { RunSystem } from './training/index.ts';
import { vaeSystem } from './vae/system.ts';

/**
 * The systems that leave runs. A new one is an entry here: `info`, `export` and the charts of losses find it.
 */
export const systems: readonly RunSystem[] = [textSystem, styleSystem, vaeSystem, ganSystem];

/** A system by the name in `run.json`; undefined when this version does not know it. */
export function systemNamed(name: string): RunSystem | undefined {
  return systems.find((system) => system.name === name);
}
