import { DCGAN_PRESET } from '../../../gan/options.ts';

// The models of the package begin from the same options and train longer (scripts/pretrained/models.mjs).

/** A latent space of faces that shows them within a minute on two cores; the book's settings are for digits. */
export const FACES_VAE = {
  size: 32,
  architecture: 'residual',
  filters: 12,
  latentDim: 16,
  optimizer: 'adam',
  learningRate: 1.5e-3,
  batchSize: 16,
  flip: true,
  validation: 0,
} as const;

/** A small GAN of faces. */
export const FACES_GAN = {
  ...DCGAN_PRESET,
  size: 32,
  filters: 24,
  generatorRate: 4e-4, // twice the rate of DCGAN: 480 steps give clearer faces than 600 steps of the preset
  augment: true,
} as const;

/** A language model that reaches readable words within a minute on two cores; the book's settings need an hour. */
export const MOBY_DICK = {
  objective: 'sequence',
  window: 64,
  batchSize: 64,
  optimizer: 'adam',
  learningRate: 0.005,
  clipnorm: 5,
  lrDecay: 0.7,
  lrDecayAfter: 3,
  validation: 0.05,
  sampleLength: 300,
} as const;

/** Words in the names of faces that smile, and of those that do not. */
export const SMILE = {
  label: 'smiling|grinning|beaming',
  against: 'frowning|sad|disappointed|crying|worried|pensive|confused|angry',
} as const;
