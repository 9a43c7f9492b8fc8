import { InputError } from '@latentbrush/engine';
import { dirname, resolve } from 'node:path';
import { fitWithin, recipeInput, type Picture, type Recipe, type RecipeInput } from '../../image/index.ts';
import { checkpointPath, latestCheckpointPath } from '../../runs/checkpoint.ts';
import { readRun } from '../../runs/training-run.ts';
import { checkMemory } from '../../style/memory.ts';
import { estimatePaintingMemory, StylePainter, styleRuns } from '../../style/index.ts';
import { option, words } from '../../words.ts';
import { readFrame } from '../animation-source.ts';
import { recordedRun, type RecordedRun } from '../recorded-run.ts';
import { recordInputs, type FolderInput } from '../recipe-inputs.ts';
import { jobRecipe } from '../recipe.ts';
import { stemOf } from '../target-file.ts';

/** How to apply a trained style. */
export interface ApplyOptions {
  /** Which checkpoint of the run: `latest` (default), `best`, or a step. */
  readonly checkpoint?: string | undefined;
  /** Longest side in pixels; larger pictures are made smaller. */
  readonly size?: number | undefined;
  readonly threads?: number | undefined;
}

/** The input of a style. */
export interface AppliedTo {
  readonly picture?: string;
  /** The folder of frames, or the animation. */
  readonly frames?: string | FolderInput;
}

/** A trained style, ready to paint pictures. */
export class AppliedStyle {
  readonly #painter: StylePainter;
  readonly #options: ApplyOptions;
  readonly #run: RecordedRun;
  readonly #checkpoint: RecipeInput;

  private constructor(
    run: RecordedRun,
    painter: StylePainter,
    options: ApplyOptions,
    checkpoint: RecipeInput,
  ) {
    this.#painter = painter;
    this.#options = options;
    this.#run = run;
    this.#checkpoint = checkpoint;
  }

  /**
   * Loads the network of a run.
   * @param given path of a checkpoint of it, in place of the one that the options choose
   * @throws InputError when the folder is not a style run or its checkpoint is damaged
   */
  static async load(run: string, options: ApplyOptions, given?: string): Promise<AppliedStyle> {
    const { threads, checkpoint: which = 'latest' } = options;
    await readRun(styleRuns, run); // a folder that is no run has no checkpoints to choose from
    const chosen = given ?? (which === 'latest' ? undefined : await checkpointPath({ folder: run }, which));
    const painter = await StylePainter.load(run, { checkpoint: chosen, threads });
    const checkpoint = chosen ?? (await latestCheckpointPath({ folder: run }));
    return new AppliedStyle(await recordedRun(run), painter, options, await recipeInput(checkpoint));
  }

  /** Name of the style picture, without folder and extension. */
  get style(): string {
    return stemOf(this.#painter.model.style);
  }

  /** Longest side in pixels, if given; larger pictures are made smaller. */
  get size(): number | undefined {
    return this.#options.size;
  }

  /**
   * The picture to paint, at the requested size.
   * @param frame frame of an animation, from 1
   */
  async read(path: string, frame?: number): Promise<Picture> {
    return this.#sized(await readFrame(path, frame));
  }

  /**
   * @param name name of the picture in messages
   * @throws InputError when it is too small, or so large that memory would run out
   */
  async paint(source: Picture, name: string): Promise<Picture> {
    const picture = this.#sized(source);
    const { height, width } = picture;
    checkMemory(
      estimatePaintingMemory(this.#painter.model.architecture, height, width),
      undefined,
      words`make the picture smaller with ${option('size')}`,
    );
    return this.#painter.paint(picture, name);
  }

  /** The recipe of a picture painted with it. */
  async recipe(
    job: string,
    { picture, frames }: AppliedTo,
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<Recipe> {
    const { inputs, roles } = await recordInputs({ picture: [picture], frames: [frames] });
    const recorded = {
      inputs: [...inputs, this.#checkpoint],
      roles: { ...roles, checkpoint: [inputs.length] },
    };
    const { size, threads } = this.#options;
    return jobRecipe(job, recorded, { seed: 0, ...this.#run, size, threads, ...extra });
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#painter.release();
  }

  #sized(picture: Picture): Picture {
    return this.#options.size === undefined ? picture : fitWithin(picture, this.#options.size);
  }
}

/**
 * Loads a trained style, works with it, and frees its memory.
 * @throws InputError when neither a run nor a checkpoint was given, or it is damaged
 */
export async function useTrainedStyle(
  { run, checkpoint }: { readonly run?: string | undefined; readonly checkpoint?: string | undefined },
  options: ApplyOptions,
  work: (style: AppliedStyle) => Promise<void>,
): Promise<void> {
  const folder = run ?? (checkpoint === undefined ? undefined : dirname(dirname(resolve(checkpoint))));
  if (folder === undefined) throw new InputError('style: no run was given; give the folder of a style run');
  const style = await AppliedStyle.load(folder, options, checkpoint);
  try {
    await work(style);
  } finally {
    await style.release();
  }
}
