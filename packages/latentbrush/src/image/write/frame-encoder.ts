import { type Recipe } from '../recipe/recipe.ts';

/** Size, speed and repetitions of an animation. */
export interface AnimationOptions {
  /** Of every frame, in pixels. MP4 needs even sides: an odd one gets its last row or column twice. */
  readonly height: number;
  /** Of every frame, in pixels. */
  readonly width: number;
  /** 0.1 to 50 for GIF, whose shortest delay is 1/50 s in browsers, 0.1 to 120 for the others. Default: 20. */
  readonly framesPerSecond?: number | undefined;
  /** How long each frame stands, in milliseconds, in place of `framesPerSecond`. An MP4 repeats frames, at most 100 a second. */
  readonly delays?: readonly number[] | undefined;
  /** How often it plays, 0 for ever and ever (the default). GIF and WebP only: of an MP4 the player decides. */
  readonly loop?: number | undefined;
  /** How many frames will come, where it is known: more than can be held are then refused before any work. */
  readonly frames?: number;
  /** How the animation was made, to be kept in the file as in a picture's; `readRecipe` reads it. */
  readonly recipe?: Recipe;
}

/** Speed of an animation where none is chosen. */
export const FRAMES_PER_SECOND = 20;

/** What makes a file of frames; one for each kind of format. */
export interface FrameEncoder {
  /** The next frame: red, green, blue, row after row. */
  write(rgb: Uint8Array): Promise<void>;
  /** @param recipe in place of the one that was given at the start */
  end(recipe?: Recipe): Promise<void>;
  abort(): Promise<void>;
}
