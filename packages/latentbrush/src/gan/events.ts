import type { Picture } from '../image/index.ts';
import type { GanModel } from './gan-model.ts';

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

/** What the training of a GAN tells while it goes on. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly generatorParameters: number;
      readonly discriminatorParameters: number;
      /** Pictures it learns from. */
      readonly pictures: number;
      /** Memory that the training needs, in bytes. */
      readonly memory: number;
      /** Iteration at which training begins: 0, or that of the checkpoint it goes on from. */
      readonly step: number;
      readonly total: number;
      readonly folder: string | undefined;
    }
  | ({ readonly type: 'step'; readonly step: number; readonly total: number } & IterationFigures)
  | {
      readonly type: 'sample';
      readonly step: number;
      /** Pictures of the same latent points at every sheet. */
      readonly generated: Picture;
      /** The real pictures of the iteration's last step of the discriminator. */
      readonly real: Picture;
      readonly paths: { readonly generated: string; readonly real: string } | undefined;
    }
  | { readonly type: 'warning'; readonly step: number; readonly message: string }
  | { readonly type: 'checkpoint'; readonly step: number }
  | {
      readonly type: 'done';
      readonly step: number;
      readonly reason: 'finished' | 'aborted';
      readonly model: GanModel;
    };
