import { z } from 'zod';
import type { Metric } from '../runs/metrics.ts';
import type { Run } from '../runs/run.ts';
import type { LossCurves } from './loss-curves.ts';

/** An ONNX file with the names of its inputs and outputs. */
export interface ExportedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** How to export the model of a run as ONNX files. */
export interface OnnxExport {
  /** The exported model, as a phrase: `one step, with the hidden state as input and output`. */
  readonly summary: string;
  /** The options: strings with a description, and the placeholder of their value (`meta.placeholder`). */
  readonly choices: z.ZodObject;
  /** Names of the files, if there are several; a single file gets the name given by the user. */
  readonly names?: readonly string[];
  /**
   * Loads the model of a run and encodes it.
   * @returns the files, in the order of `names`
   * @throws InputError when the folder is not a run of the system, is damaged, or an option is not valid
   */
  readonly files: (
    folder: string,
    choices: Readonly<Record<string, unknown>>,
  ) => Promise<readonly ExportedFile[]>;
}

/** The choice of a checkpoint for exporting the model of a run. */
export const checkpointChoice = z.strictObject({
  checkpoint: z.string().optional().meta({
    description: 'latest, best, or the step of a kept checkpoint (default: latest)',
    placeholder: 'which',
  }),
});

/** A loaded model. */
export interface LoadedModel {
  /** Its weights and definition. */
  readonly model: object;
  /** Frees the native memory. */
  release(): Promise<void>;
}

/** Operations on the runs of any system. */
export interface RunSystem {
  /** Its name in `run.json`. */
  readonly name: string;
  /** Its name in sentences. */
  readonly title: string;
  /** Facts about a run besides its options: a heading and a text for each line. */
  readonly describe: (run: Run) => readonly (readonly [heading: string, text: string])[];
  /** The most important losses, for a chart. */
  readonly losses: (metrics: readonly Metric[]) => LossCurves;
  readonly onnx: OnnxExport;
  /**
   * Loads the trained model of a run.
   * @param options.threads processor threads (default: all)
   * @throws InputError when the folder is not a run of the system, or is damaged
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
