import type { Random } from '@latentbrush/engine';
import type { ImageDataset } from '../../data/index.ts';
import type { Picture } from '../../image/index.ts';
import type { Concept, Point } from '../../latent/index.ts';
import type { JobWork } from '../job.ts';
import type { ModelOptions, modelOptions } from './options.ts';

/**
 * A system that learns a latent space of pictures. The jobs on points are defined once for all such systems.
 */
export interface LatentSystem<Model extends LatentModel = LatentModel> {
  /** The part before the dot in the names of its jobs. */
  readonly name: 'vae' | 'gan';
  /** Options of all its jobs on a run. The schema contains only options that it has. */
  readonly options: typeof modelOptions;
  /** How it shows pictures, by their size. */
  readonly look: (size: number) => Look;
  /** Default method from point to point. */
  readonly interpolation: 'linear' | 'spherical';
  /**
   * Opens a run.
   * @param checkpoint the path of its file
   * @throws InputError when the folder is not a run of this system, or damaged, or an option does not apply
   * to it
   */
  readonly load: (run: string, options: ModelOptions, checkpoint: string | undefined) => Promise<Model>;
  /**
   * Describes a run without its weights.
   * @throws InputError when the folder is not a run of this system
   */
  readonly describe: (run: string) => Promise<DescribedRun>;
}

/** Description of a run without its weights. */
export interface DescribedRun {
  readonly form: PictureForm;
  /** The pictures that it was trained on. */
  readonly dataset: { readonly source: string; readonly rules?: 1 | 2 | undefined };
}

/** The format of all pictures of a model. */
export interface PictureForm {
  /** Side in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
}

/** How to show pictures: sheets and animations enlarge small ones. */
export interface Look {
  /** Between pictures on a sheet, in pixels. */
  readonly gap: number;
  /** Factor by which pixels are enlarged on a sheet. */
  readonly scale: number;
  /** In a walk and along a concept. */
  readonly animationScale: number;
  /** From point to point. */
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
  /**
   * Pictures of points that belong together, such as those along a path: all of one class, if there are
   * classes.
   */
  readonly decode: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** Pictures of independent points: each class in turn, if there are classes and none was chosen. */
  readonly decodeApart: (points: readonly Point[]) => AsyncIterable<Picture>;
  /** The points of pictures; only with an encoder. */
  readonly encoder?: {
    /** A picture in the format of the model. */
    readonly fitted: (picture: Picture) => Picture;
    readonly encode: (pictures: readonly Picture[]) => Promise<Point[]>;
  };
  /** Learns a direction of the latent space from pictures with the concept and without it. */
  readonly learn: (data: ConceptData, work: ConceptWork) => Promise<LearnedConcept>;
  /** Frees the native memory. */
  readonly release: () => Promise<void>;
}

/** The examples for a concept. */
export interface ConceptData {
  readonly name: string;
  readonly having: ChosenPictures;
  readonly lacking: ChosenPictures;
  /** Number of pictures to generate and label, for systems that do. */
  readonly count: number;
}

/** Some pictures of a data set. */
export interface ChosenPictures {
  readonly dataset: ImageDataset;
  readonly indices: readonly number[];
}

/** The context for learning a concept. */
export interface ConceptWork extends Pick<JobWork, 'report'> {
  readonly random: Random;
}

/** A concept, and the evidence for it. */
export interface LearnedConcept {
  readonly concept: Concept;
  /** Figures for machines, in addition to those of the concept. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** Lines for people; the first follows the name. */
  readonly lines: readonly string[];
}
