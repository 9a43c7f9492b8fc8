import { InputError, Random } from '@latentbrush/engine';
import { dirname, resolve } from 'node:path';
import type { ImageDataset, ReadingRules } from '../../data/index.ts';
import { recipeInput, type Recipe, type RecipeInput } from '../../image/index.ts';
import { checkpointPath } from '../../runs/checkpoint.ts';
import type { Words } from '../../words.ts';
import type { JobWork } from '../job.ts';
import { recordInputs, type GivenInput } from '../recipe-inputs.ts';
import { recordedRun, type RecordedRun } from '../recorded-run.ts';
import { jobRecipe } from '../recipe.ts';
import { loadOtherPictures, loadRunPictures } from './run-pictures.ts';
import type { ModelOptions, RunInputs } from './options.ts';
import { checkPictureCount } from './picture-count.ts';
import type { DescribedRun, LatentModel, LatentSystem, Look } from './latent-system.ts';

/** The part of a job's request that concerns the run. */
export interface RunRequest {
  readonly inputs: RunInputs;
  readonly options: ModelOptions;
}

/** A trained model that a job uses, and its pictures on demand. */
export class OpenedRun<Model extends LatentModel = LatentModel> {
  readonly folder: string;
  readonly model: Model;
  readonly system: LatentSystem<Model>;
  /** Source of all random numbers of the job. */
  readonly random: Random;
  readonly work: JobWork;
  readonly #described: DescribedRun;
  readonly #checkpoint: RecipeInput;
  readonly #recorded: RecordedRun;
  #dataset: Promise<ImageDataset> | undefined;

  constructor(
    { folder, checkpoint, described, recorded }: LocatedRun,
    system: LatentSystem<Model>,
    model: Model,
    options: ModelOptions,
    work: JobWork,
  ) {
    this.folder = folder;
    this.model = model;
    this.system = system;
    this.random = new Random(options.seed);
    this.work = work;
    this.#described = described;
    this.#checkpoint = checkpoint;
    this.#recorded = recorded;
  }

  /** How to show its pictures. */
  get look(): Look {
    return this.system.look(this.model.form.size);
  }

  /**
   * Refuses more pictures than fit in memory, before any work.
   * @param options the options that request them, for the message
   * @throws OptionError when there are too many
   */
  checkCount(count: number, options: Words): void {
    checkPictureCount(count, this.model.form, options);
  }

  /** The pictures that the run was trained on, loaded on first use. */
  dataset(): Promise<ImageDataset> {
    this.#dataset ??= loadRunPictures(this.system.name, this.folder, this.#described, this.work);
    return this.#dataset;
  }

  /**
   * Other pictures, in the format of the model.
   * @param rules rules for listing a folder
   */
  pictures(source: string, rules?: ReadingRules): Promise<ImageDataset> {
    return loadOtherPictures(source, this.#described, rules, this.work);
  }

  /**
   * The recipe of a result: the checkpoint of the run and the other inputs.
   * @param job name of the job
   * @param files by role, besides the checkpoint
   */
  async recipe(
    job: string,
    options: ModelOptions,
    files: Readonly<Record<string, readonly GivenInput[]>> = {},
  ): Promise<Recipe> {
    const { inputs, roles } = await recordInputs(files);
    const recorded = {
      inputs: [...inputs, this.#checkpoint],
      roles: { ...roles, checkpoint: [inputs.length] },
    };
    // The file records the number of its checkpoint.
    const own = { checkpoint: undefined, ...this.#recorded };
    return jobRecipe(job, recorded, { ...options, ...own });
  }
}

/** A run, and the checkpoint to use. */
interface LocatedRun {
  readonly folder: string;
  readonly described: DescribedRun;
  readonly checkpoint: RecipeInput;
  readonly recorded: RecordedRun;
}

/**
 * Opens a run, works with it, and frees its memory.
 * @throws InputError when the folder is not a run of the system, or damaged, or an option does not apply to
 * it
 */
export async function withRun<Model extends LatentModel>(
  system: LatentSystem<Model>,
  { inputs, options }: RunRequest,
  work: JobWork,
  use: (run: OpenedRun<Model>) => Promise<void>,
): Promise<void> {
  const folder = folderOf(inputs, system.name);
  const described = await system.describe(folder);
  const recorded = await recordedRun(folder);
  for (;;) {
    const path = inputs.checkpoint ?? (await checkpointPath({ folder }, options.checkpoint));
    const isNewest = inputs.checkpoint === undefined && options.checkpoint === 'latest';
    const model = await system.load(folder, options, isNewest ? undefined : path);
    try {
      // A running training can have written a newer one meanwhile; then we read that one.
      if (isNewest && (await checkpointPath({ folder }, 'latest')) !== path) continue;
      const located = { folder, described, recorded, checkpoint: await recipeInput(path) };
      await use(new OpenedRun(located, system, model, options, work));
      return;
    } finally {
      await model.release();
    }
  }
}

/**
 * The folder of the run of a job.
 * @throws InputError when none was given
 */
export function folderOf({ run, checkpoint }: RunInputs, system: string): string {
  if (run !== undefined) return run;
  if (checkpoint !== undefined) return dirname(dirname(resolve(checkpoint)));
  throw new InputError(`${system}: no run was given; give the folder that training made`);
}
