import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { checkpointPath } from '../../runs/checkpoint.ts';
import type { Run } from '../../runs/index.ts';
import { styleRuns } from '../../style/fast/run.ts';
import { systemNamed } from '../../systems.ts';
import type { ExportedFile, RunSystem } from '../../training/index.ts';
import { NotThereError } from '../queue/job-queue.ts';

/** Maximum number of bytes of exported models in memory; a single one can be larger. */
const MOST_BYTES = 256 * 2 ** 20;

/** Sides of the pictures that a page paints in a style, in pixels. */
export const STYLE_SIZES = [128, 192, 256, 384] as const;

/** The default side. */
const STYLE_SIZE = 256;

/** The name of a model's only part: the generator of a GAN, the step of a language model. */
const ONLY_PART = 'model';

/** A part of a model for a page. */
export interface ModelPart {
  /** An ONNX file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Changes with the checkpoint. */
  readonly tag: string;
}

/** Models of runs as ONNX files, encoded once for each checkpoint. */
export class ExportedModels {
  readonly #limit: number;
  /** The most recently used one is last. */
  readonly #kept = new Map<string, Promise<readonly ExportedFile[]>>();

  /** @param limit most bytes in memory (default: 256 MiB) */
  constructor(limit = MOST_BYTES) {
    this.#limit = limit;
  }

  /** Number of models in memory. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * A part of the model of a run: `encoder` and `decoder` of a VAE; `model` of a GAN (its generator), of a language model (its step), and of
   * a style, for square pictures.
   * @param size side of the pictures of a style in pixels (default: 256)
   * @throws NotThereError when its system has no such part
   * @throws InputError when the run has no checkpoint yet, or is damaged
   */
  async part(run: Run, name: string, size = STYLE_SIZE): Promise<ModelPart> {
    const system = knownSystem(run);
    const index = partsOf(system).indexOf(name);
    if (index < 0) throw new NotThereError(`a run of ${system.title} has no part called ${name}`);
    const tag = await checkpointTag(run);
    const isStyle = run.system === styleRuns.system;
    const key = `${run.folder}\n${tag}\n${isStyle ? size : ''}`;
    const choices = isStyle ? { size: `${size}x${size}` } : {};
    const files = this.#kept.get(key) ?? system.onnx.files(run.folder, choices);
    this.#kept.delete(key);
    this.#kept.set(key, files);
    try {
      const file = (await files)[index];
      if (file === undefined) throw new Error(`${system.name}: its export has no file "${name}"`);
      await this.#forgetOldest();
      return { bytes: file.bytes, tag };
    } catch (error) {
      this.#kept.delete(key); // it can succeed the next time
      throw error;
    }
  }

  async #forgetOldest(): Promise<void> {
    const sizes = await Promise.all(
      [...this.#kept].map(async ([key, files]) => {
        const bytes = (await files.catch(() => [])).reduce((sum, file) => sum + file.bytes.length, 0);
        return { key, bytes };
      }),
    );
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of sizes.slice(0, -1)) {
      if (total <= this.#limit) return;
      this.#kept.delete(key);
      total -= bytes;
    }
  }
}

/** Names of the parts of a system's models. */
export function partsOf({ onnx }: RunSystem): readonly string[] {
  return onnx.names?.map((name) => name.replace(/\.onnx$/, '')) ?? [ONLY_PART];
}

/**
 * The system of a run.
 * @throws InputError when this version has no system of that name
 */
export function knownSystem(run: Run): RunSystem {
  const system = systemNamed(run.system);
  if (system === undefined)
    throw new InputError(`${run.system}: this version has no such system; update Latentbrush`);
  return system;
}

/**
 * The tag of the newest model of a run: another checkpoint has another tag.
 * @throws InputError when there is no checkpoint yet
 */
export async function checkpointTag(run: Run): Promise<string> {
  const path = await checkpointPath(run, run.system === 'text' ? 'best' : 'latest');
  const { mtimeMs, size } = await stat(path);
  return createHash('sha256').update(`${path}\n${mtimeMs}\n${size}`).digest('base64url').slice(0, 22);
}
