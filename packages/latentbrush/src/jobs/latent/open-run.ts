import { InputError, Random } from '@latentbrush/engine';
import { basename, dirname, resolve } from 'node:path';
import type { ImageDataset, ReadingRules } from '../../data/index.ts';
import { recipeInput, type Recipe, type RecipeInput } from '../../image/index.ts';
import { checkpointPath } from '../../runs/checkpoint.ts';
import type { Words } from '../../words.ts';
import type { JobWork } from '../job.ts';
import { recordInputs, type PictureFolder } from '../recipe-inputs.ts';
import { jobRecipe } from '../recipe.ts';
import { loadOtherPictures, loadRunPictures } from './run-pictures.ts';
import type { ModelOptions, RunInputs } from './options.ts';
import { checkPictureCount } from './picture-count.ts';
import type { DescribedRun, LatentModel, LatentSystem, Look } from './latent-system.ts';

/** What a job on a run is asked, as far as the run is concerned. */
export interface RunRequest {
  readonly inputs: RunInputs;
  readonly options: ModelOptions;
}

/** A trained model that a job works with, and its pictures when they are asked for. */
export class OpenedRun<Model extends LatentModel = LatentModel> {
  readonly folder: string;
  readonly model: Model;
  readonly system: LatentSystem<Model>;
  /** Everything random of the job comes from it. */
  readonly random: Random;
  readonly work: JobWork;
  readonly #described: DescribedRun;
  readonly #checkpoint: RecipeInput;
  #dataset: Promise<ImageDataset> | undefined;

  constructor(
    { folder, checkpoint, described }: LocatedRun,
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
  }

  /** How its pictures are shown. */
  get look(): Look {
    return this.system.look(this.model.form.size);
  }

  /**
   * Refuses, before any is made, more pictures than memory should hold.
   * @param options what asks for them, for the message
   * @throws OptionError when there are too many
   */
  checkCount(count: number, options: Words): void {
    checkPictureCount(count, this.model.form, options);
  }

  /** The pictures that the run was trained on, loaded when they are first asked for. */
  dataset(): Promise<ImageDataset> {
    this.#dataset ??= loadRunPictures(this.system.name, this.folder, this.#described, this.work);
    return this.#dataset;
  }

  /**
   * Other pictures, as the model takes them.
   * @param rules how a folder is listed
   */
  pictures(source: string, rules?: ReadingRules): Promise<ImageDataset> {
    return loadOtherPictures(source, this.#described, rules, this.work);
  }

  /**
   * How something was made of the run: its checkpoint and what else went into it.
   * @param job name of the job
   * @param files by role, besides the checkpoint
   */
  async recipe(
    job: string,
    options: ModelOptions,
    files: Readonly<Record<string, readonly (string | PictureFolder | undefined)[]>> = {},
  ): Promise<Recipe> {
    const { inputs, roles } = await recordInputs(files);
    const recorded = {
      inputs: [...inputs, this.#checkpoint],
      roles: { ...roles, checkpoint: [inputs.length] },
    };
    // Which checkpoint it was says its file.
    const own = { checkpoint: undefined, run: basename(resolve(this.folder)) };
    return jobRecipe(job, recorded, { ...options, ...own });
  }
}

/** A run, and which of its checkpoints is looked at. */
interface LocatedRun {
  readonly folder: string;
  readonly described: DescribedRun;
  readonly checkpoint: RecipeInput;
}

/**
 * Opens a run, works with it, and frees its memory.
 * @throws InputError when the folder is no run of the system, or damaged, or an option makes no sense with it
 */
export async function withRun<Model extends LatentModel>(
  system: LatentSystem<Model>,
  { inputs, options }: RunRequest,
  work: JobWork,
  use: (run: OpenedRun<Model>) => Promise<void>,
): Promise<void> {
  const folder = folderOf(inputs, system.name);
  const described = await system.describe(folder);
  for (;;) {
    const path = inputs.checkpoint ?? (await checkpointPath({ folder }, options.checkpoint));
    const isNewest = inputs.checkpoint === undefined && options.checkpoint === 'latest';
    const model = await system.load(folder, options, isNewest ? undefined : path);
    try {
      // A training that continues may have written a newer one meanwhile, and it is that one that was read.
      if (isNewest && (await checkpointPath({ folder }, 'latest')) !== path) continue;
      const located = { folder, described, checkpoint: await recipeInput(path) };
      await use(new OpenedRun(located, system, model, options, work));
      return;
    } finally {
      await model.release();
    }
  }
}

/**
 * The folder of the run that a job looks at.
 * @throws InputError when none was given
 */
export function folderOf({ run, checkpoint }: RunInputs, system: string): string {
  if (run !== undefined) return run;
  if (checkpoint !== undefined) return dirname(dirname(resolve(checkpoint)));
  throw new InputError(`${system}: no run was given; name the folder that a training made`);
}
