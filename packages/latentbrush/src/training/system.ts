import type { z } from 'zod';
import type { Metric } from '../runs/metrics.ts';
import type { Run } from '../runs/run.ts';
import type { LossCurves } from './loss-curves.ts';

/** An ONNX file and what its inputs and outputs are called. */
export interface ExportedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** How the model of a run becomes ONNX files. */
export interface OnnxExport {
  /** What is written, as a phrase: `one step, with hidden state in and out`. */
  readonly summary: string;
  /** What can be chosen: strings with a description, and the placeholder of their value (`meta.placeholder`). */
  readonly choices: z.ZodObject;
  /** Names of the files, where there are several; one file has the name that a person gives it. */
  readonly names?: readonly string[];
  /**
   * Loads the model of a run and encodes it.
   * @returns the files, in the order of `names`
   * @throws InputError when the folder is no run of the system, is damaged, or a choice makes no sense
   */
  readonly files: (
    folder: string,
    choices: Readonly<Record<string, unknown>>,
  ) => Promise<readonly ExportedFile[]>;
}

/** A trained model that is in use. */
export interface LoadedModel {
  /** Weights and all else that defines it. */
  readonly model: object;
  /** Frees the native memory. */
  release(): Promise<void>;
}

/** What can be done with the runs of a system, whichever it is. */
export interface RunSystem {
  /** As `run.json` says it. */
  readonly name: string;
  /** As a sentence says it. */
  readonly title: string;
  /** What a person should know of a run besides its options: a heading and a text for each line. */
  readonly describe: (run: Run) => readonly (readonly [heading: string, text: string])[];
  /** The losses that say most, for a chart. */
  readonly losses: (metrics: readonly Metric[]) => LossCurves;
  readonly onnx: OnnxExport;
  /**
   * Loads the trained model of a run.
   * @param options.threads processor threads (default: all)
   * @throws InputError when the folder is no run of the system, or is damaged
   */
  readonly load: (
    folder: string,
    options?: { readonly threads?: number | undefined },
  ) => Promise<LoadedModel>;
}

/** Named values in one line: `units 64, layers 2`. */
export function inOneLine(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
