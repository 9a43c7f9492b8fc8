import { type Recipe } from '../recipe/recipe.ts';

/** Size, speed and repetitions of an animation. */
export interface AnimationOptions {
  /** Of every frame, in pixels. MP4 needs even sides: the last row or column of an odd one is repeated. */
  readonly height: number;
  /** Of every frame, in pixels. */
  readonly width: number;
  /** 0.1 to 50 for GIF, whose shortest delay is 1/50 s in browsers, 0.1 to 120 for the others. Default: 20. */
  readonly framesPerSecond?: number | undefined;
  /** Delay of each frame in milliseconds, in place of `framesPerSecond`. An MP4 repeats frames, at most 100 a second. */
  readonly delays?: readonly number[] | undefined;
  /** Number of repetitions; 0 (the default) means forever. GIF and WebP only: for an MP4 the player decides. */
  readonly loop?: number | undefined;
  /** Number of frames, if known: too many are then refused before any work. */
  readonly frames?: number;
  /** How the animation was made, to store in the file; `readRecipe` reads it. */
  readonly recipe?: Recipe;
}

/** Default speed of an animation. */
export const FRAMES_PER_SECOND = 20;

/** An encoder of frames into a file; one for each kind of format. */
export interface FrameEncoder {
  /** The next frame: red, green, blue, row after row. */
  write(rgb: Uint8Array): Promise<void>;
  /** @param recipe replaces the one from the start */
  end(recipe?: Recipe): Promise<void>;
  abort(): Promise<void>;
}
