import type { Picture } from '../image/index.ts';
import type { Reports, TrainingEvent } from '../training/index.ts';
import type { VaeModel } from './model.ts';

/** How well a model does, as means over pictures. */
export interface VaeQuality {
  /** What is minimised, per pixel, as the book prints it. */
  readonly loss: number;
  /** Nats of a picture. */
  readonly reconstruction: number;
  /** KL divergence, nats of a picture. */
  readonly kl: number;
  /** Evidence lower bound: -(reconstruction + kl), nats of a picture. */
  readonly elbo: number;
}

/** What the training of a VAE reports besides what all trainings do. */
export interface VaeReports extends Reports {
  readonly start: {
    readonly parameters: number;
    /** Pictures it learns from, and those it is measured on. */
    readonly pictures: number;
    readonly validation: number;
    /** @deprecated It is `validation` now. */
    readonly heldOut: number;
    readonly stepsPerEpoch: number;
    /** Memory that the training needs, in bytes. */
    readonly memory: number;
  };
  /** Of this batch, in nats of a picture. */
  readonly step: { readonly reconstruction: number; readonly kl: number };
  readonly epoch: VaeQuality & {
    /** On the pictures for validation; undefined when there are none. */
    readonly validation: VaeQuality | undefined;
    /** Latent dimensions that say something of the picture: the variance of their mean over pictures is above 0.01. */
    readonly activeUnits: number;
  };
  readonly sample: {
    readonly epoch: number;
    /** Pictures above, what the model makes of them below. */
    readonly reconstructions: Picture;
    /** The latent plane as a grid, or with more dimensions pictures of random points, the same at every sheet. */
    readonly samples: Picture;
    readonly paths: { readonly reconstructions: string; readonly samples: string } | undefined;
  };
  readonly model: VaeModel;
}

/** What the training of a VAE reports while it runs. */
export type TrainEvent = TrainingEvent<VaeReports>;
