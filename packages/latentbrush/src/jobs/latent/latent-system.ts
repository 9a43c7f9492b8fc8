import type { Random } from '@latentbrush/engine';
import type { ImageDataset } from '../../data/index.ts';
import type { Picture } from '../../image/index.ts';
import type { Concept, Point } from '../../latent/index.ts';
import type { JobWork } from '../job.ts';
import type { ModelOptions, modelOptions } from './options.ts';

/** A system that learns a latent space of pictures. What can be done with the points of one is defined once for all of them. */
export interface LatentSystem<Model extends LatentModel = LatentModel> {
  /** What stands before the dot in the names of its jobs. */
  readonly name: 'vae' | 'gan';
  /** Options of all its jobs on a run. What it does not know is not in the schema. */
  readonly options: typeof modelOptions;
  /** How it shows pictures of a size. */
  readonly look: (size: number) => Look;
  /** From point to point unless it is chosen. */
  readonly interpolation: 'linear' | 'spherical';
  /**
   * Opens a run.
   * @param checkpoint the path of its file
   * @throws InputError when the folder is no run of this system, or damaged, or an option makes no sense with it
   */
  readonly load: (run: string, options: ModelOptions, checkpoint: string | undefined) => Promise<Model>;
  /**
   * What is known of a run without its weights.
   * @throws InputError when the folder is no run of this system
   */
  readonly describe: (run: string) => Promise<DescribedRun>;
}

/** What is known of a run without its weights. */
export interface DescribedRun {
  readonly form: PictureForm;
  /** The pictures that it was trained on. */
  readonly dataset: { readonly source: string; readonly rules?: 1 | 2 | undefined };
}

/** The form of all pictures of a model. */
export interface PictureForm {
  /** Side in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
}

/** How pictures are shown: sheets and animations enlarge small ones. */
export interface Look {
  /** Between pictures on a sheet, in pixels. */
  readonly gap: number;
  /** How many times a pixel is enlarged on a sheet. */
  readonly scale: number;
  /** In a walk and along a concept. */
  readonly animationScale: number;
  /** On the path from point to point. */
  readonly interpolationScale: number;
}

/** A trained model and its latent space. */
export interface LatentModel {
  readonly form: PictureForm & {
    /** Dimensions of the latent space. */
    readonly latent: number;
  };
  /** Draws points of the latent space. */
  readonly draw: (random: Random, count: number) => Point[];
  /** Pictures of points that belong together, as on a path from one to another: all of one class, where there are classes. */
  readonly decode: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** Pictures of points, each by itself: one class after the other, where there are classes and none was chosen. */
  readonly decodeApart: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** The points of pictures; only where there is an encoder. */
  readonly encoder?: {
    /** A picture as the model takes it. */
    readonly fitted: (picture: Picture) => Picture;
    readonly encode: (pictures: readonly Picture[]) => Promise<Point[]>;
  };
  /** Learns a direction of the latent space from pictures with a quality and without it. */
  readonly learn: (data: ConceptData, work: ConceptWork) => Promise<LearnedConcept>;
  /** Frees the native memory. */
  readonly release: () => Promise<void>;
}

/** What a concept is learned from. */
export interface ConceptData {
  readonly name: string;
  readonly having: ChosenPictures;
  readonly lacking: ChosenPictures;
  /** How many pictures are generated and judged, where they are. */
  readonly count: number;
}

/** Some pictures of a data set. */
export interface ChosenPictures {
  readonly dataset: ImageDataset;
  readonly indices: readonly number[];
}

/** What surrounds the learning of a concept. */
export interface ConceptWork extends Pick<JobWork, 'report'> {
  readonly random: Random;
}

/** A concept, and the evidence for it. */
export interface LearnedConcept {
  readonly concept: Concept;
  /** For machines, besides the figures of the concept. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** For people; the first follows the name. */
  readonly lines: readonly string[];
}
