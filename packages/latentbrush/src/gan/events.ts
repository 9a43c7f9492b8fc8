import type { Picture } from '../image/index.ts';
import type { Reports, TrainingEvent } from '../training/index.ts';
import type { GanModel } from './model.ts';

/** Measurements of an iteration. */
export interface IterationFigures {
  readonly discriminatorLoss: number;
  readonly generatorLoss: number;
  /** Accuracy of the discriminator on real and on generated pictures. */
  readonly realAccuracy: number;
  readonly generatedAccuracy: number;
  /** How much generated pictures of a batch differ from each other, relative to real ones: 1 means equally. */
  readonly diversity: number;
}

/** Reports of GAN training besides the events of all trainings. */
export interface GanReports extends Reports {
  readonly start: {
    readonly generatorParameters: number;
    readonly discriminatorParameters: number;
    /** Number of training pictures. */
    readonly pictures: number;
    /** Memory that the training needs, in bytes. */
    readonly memory: number;
  };
  readonly step: IterationFigures;
  readonly epoch: never;
  readonly sample: {
    /** Pictures of the same latent points at every sheet. */
    readonly generated: Picture;
    /** The real pictures of the iteration's last step of the discriminator. */
    readonly real: Picture;
    readonly paths: { readonly generated: string; readonly real: string } | undefined;
  };
  readonly model: GanModel;
}

/** The events of GAN training. */
export type TrainEvent = TrainingEvent<GanReports>;
