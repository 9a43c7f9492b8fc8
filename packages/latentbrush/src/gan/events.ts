import type { Picture } from '../image/index.ts';
import type { Reports, TrainingEvent } from '../training/index.ts';
import type { GanModel } from './model.ts';

/** What an iteration measured. */
export interface IterationFigures {
  readonly discriminatorLoss: number;
  readonly generatorLoss: number;
  /** Share of real and of generated pictures that the discriminator told rightly. */
  readonly realAccuracy: number;
  readonly generatedAccuracy: number;
  /** How much generated pictures of a batch differ from one another, against real ones: 1 is as much. */
  readonly diversity: number;
}

/** What the training of a GAN reports besides what all trainings do. */
export interface GanReports extends Reports {
  readonly start: {
    readonly generatorParameters: number;
    readonly discriminatorParameters: number;
    /** Pictures it learns from. */
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

/** What the training of a GAN reports while it runs. */
export type TrainEvent = TrainingEvent<GanReports>;
