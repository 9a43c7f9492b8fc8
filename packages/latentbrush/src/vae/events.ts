import type { Picture } from '../image/index.ts';
import type { Reports, TrainingEvent } from '../training/index.ts';
import type { VaeModel } from './model.ts';

/** The quality of a model, as means over pictures. */
export interface VaeQuality {
  /** The training loss per pixel, as the book prints it. */
  readonly loss: number;
  /** Nats per picture. */
  readonly reconstruction: number;
  /** KL divergence, in nats per picture. */
  readonly kl: number;
  /** Evidence lower bound: -(reconstruction + kl), in nats per picture. */
  readonly elbo: number;
}

/** Reports of VAE training besides the events of all trainings. */
export interface VaeReports extends Reports {
  readonly start: {
    readonly parameters: number;
    /** Number of training pictures, and of validation pictures. */
    readonly pictures: number;
    readonly validation: number;
    /** @deprecated It is `validation` now. */
    readonly heldOut: number;
    readonly stepsPerEpoch: number;
    /** Memory that the training needs, in bytes. */
    readonly memory: number;
  };
  /** For this batch, in nats per picture. */
  readonly step: { readonly reconstruction: number; readonly kl: number };
  readonly epoch: VaeQuality & {
    /** On the pictures for validation; undefined when there are none. */
    readonly validation: VaeQuality | undefined;
    /** Active latent dimensions: the variance of their mean over pictures is above 0.01. */
    readonly activeUnits: number;
  };
  readonly sample: {
    readonly epoch: number;
    /** Pictures above, their reconstructions below. */
    readonly reconstructions: Picture;
    /** The latent plane as a grid, or with more dimensions pictures of random points, the same in every sheet. */
    readonly samples: Picture;
    readonly paths: { readonly reconstructions: string; readonly samples: string } | undefined;
  };
  readonly model: VaeModel;
}

/** The events of VAE training. */
export type TrainEvent = TrainingEvent<VaeReports>;
