import { basename, resolve } from 'node:path';
import {
  fitWithin,
  recipe,
  recipeInput,
  type Picture,
  type Recipe,
  type RecipeInput,
} from '../../image/index.ts';
import { latestCheckpointPath } from '../../runs/checkpoint.ts';
import { checkMemory, estimatePaintingMemory, StylePainter } from '../../style/index.ts';
import { readFrame } from '../../jobs/film-source.ts';
import { recordInputs, type PictureFolder } from '../../jobs/recipe-inputs.ts';
import { stemOf } from '../../jobs/target-file.ts';

/** How a trained style is applied. */
export interface ApplyOptions {
  /** Path of a checkpoint of the run (default: the newest). */
  readonly checkpoint?: string | undefined;
  /** Longest side that larger pictures are brought to. */
  readonly size?: number | undefined;
  readonly threads?: number | undefined;
}

/** What a style is applied to. */
export interface AppliedTo {
  readonly picture?: string;
  /** The folder of frames, or the animation. */
  readonly frames?: string | PictureFolder;
}

/** A trained style made ready for picture after picture. */
export class AppliedStyle {
  readonly #painter: StylePainter;
  readonly #options: ApplyOptions;
  readonly #run: string;
  readonly #checkpoint: RecipeInput;

  private constructor(run: string, painter: StylePainter, options: ApplyOptions, checkpoint: RecipeInput) {
    this.#painter = painter;
    this.#options = options;
    this.#run = basename(resolve(run));
    this.#checkpoint = checkpoint;
  }

  /**
   * Loads the network of a run.
   * @throws InputError when the folder is no style run or its checkpoint is damaged
   */
  static async load(run: string, options: ApplyOptions): Promise<AppliedStyle> {
    const { checkpoint: given, threads } = options;
    const painter = await StylePainter.load(run, { checkpoint: given, threads });
    const checkpoint = given ?? (await latestCheckpointPath({ folder: run }));
    return new AppliedStyle(run, painter, options, await recipeInput(checkpoint));
  }

  /** Name of the style picture, without folder and extension. */
  get style(): string {
    return stemOf(this.#painter.model.style);
  }

  /** Longest side that larger pictures are brought to, if there is one. */
  get size(): number | undefined {
    return this.#options.size;
  }

  /**
   * A picture as it will be painted: of the size that was asked for.
   * @param frame which frame of an animation, from 1
   */
  async read(path: string, frame?: number): Promise<Picture> {
    return this.#sized(await readFrame(path, frame));
  }

  /**
   * @param name what messages call the picture
   * @throws InputError when it is too small, or so large that memory would run out
   */
  async paint(source: Picture, name: string): Promise<Picture> {
    const picture = this.#sized(source);
    const { height, width } = picture;
    checkMemory(
      estimatePaintingMemory(this.#painter.model.architecture, height, width),
      undefined,
      'make the picture smaller with --size',
    );
    return this.#painter.paint(picture, name);
  }

  /** How a picture or a film is painted. */
  async recipe(
    { picture, frames }: AppliedTo,
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<Recipe> {
    const { inputs, roles } = await recordInputs({
      picture: picture === undefined ? [] : [picture],
      frames: frames === undefined ? [] : [frames],
    });
    const { size, threads } = this.#options;
    return recipe({
      system: 'style',
      seed: 0,
      options: {
        fast: true,
        run: this.#run,
        ...(size !== undefined && { size }),
        ...(threads !== undefined && { threads }),
        ...extra,
        roles: { ...roles, checkpoint: [inputs.length] },
      },
      inputs: [...inputs, this.#checkpoint],
    });
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#painter.release();
  }

  #sized(picture: Picture): Picture {
    return this.#options.size === undefined ? picture : fitWithin(picture, this.#options.size);
  }
}
