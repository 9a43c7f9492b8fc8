import type { Picture } from '../image/index.ts';
import type { VaeModel } from './vae-model.ts';

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

/** Why a training ended. */
export type EndReason = 'finished' | 'max-steps' | 'aborted';

/** What the training of a VAE tells while it goes on. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly parameters: number;
      /** Pictures it learns from, and those it is measured on. */
      readonly pictures: number;
      readonly heldOut: number;
      readonly stepsPerEpoch: number;
      /** Memory that the training needs, in bytes. */
      readonly memory: number;
      /** Step at which training begins: 0, or that of the checkpoint it goes on from. */
      readonly step: number;
      readonly total: number;
      readonly folder: string | undefined;
    }
  | {
      readonly type: 'step';
      readonly step: number;
      readonly total: number;
      /** From 1. */
      readonly epoch: number;
      /** Mean over the epoch so far. */
      readonly loss: number;
      /** Of this batch. */
      readonly batchLoss: number;
    }
  | ({
      readonly type: 'epoch';
      readonly step: number;
      readonly epoch: number;
      /** On the pictures held out; undefined when there are none. */
      readonly validation: VaeQuality | undefined;
      /** Latent dimensions that say something of the picture: the variance of their mean over pictures is above 0.01. */
      readonly activeUnits: number;
    } & VaeQuality)
  | {
      readonly type: 'sample';
      readonly step: number;
      readonly epoch: number;
      /** Pictures above, what the model makes of them below. */
      readonly reconstructions: Picture;
      /** The latent plane as a grid, or with more dimensions pictures of random points, the same at every sheet. */
      readonly samples: Picture;
      readonly paths: { readonly reconstructions: string; readonly samples: string } | undefined;
    }
  | { readonly type: 'checkpoint'; readonly step: number }
  | {
      readonly type: 'done';
      readonly step: number;
      readonly reason: EndReason;
      readonly model: VaeModel;
    };
