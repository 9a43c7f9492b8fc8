// The models that are installed with the package: what each is trained on, and how. The options are those of the command line.
import {
  FACES_GAN,
  FACES_VAE,
  MOBY_DICK,
  SMILE,
} from '../../packages/latentbrush/dist/cli/commands/quickstart/trainings.js';

/**
 * @typedef {object} PretrainedModel
 * @property {string} job what trains it; the job that continues it has the name `SYSTEM.resume`
 * @property {Readonly<Record<string, string>>} inputs names of data sets, and files; `STYLES` and `PHOTOS` are the folders that were given
 * @property {Readonly<Record<string, unknown>>} options
 * @property {string} [startFrom] the model whose weights it begins with, which saves most of the steps
 * @property {Readonly<Record<string, Concept>>} [concepts] directions of its latent space, by name
 */

/**
 * Words in the names of faces: of those that have the quality, and of those that are compared with them.
 * @typedef {{ readonly label: string, readonly against?: string }} Concept
 */

const FACES = 'emoji:faces';

/** Faces with a closed mouth and dry eyes. */
const CALM = 'neutral|expressionless|relieved|unamused|smirking|slightly smiling|pensive|slightly frowning';

/** @type {Readonly<Record<string, Concept>>} */
const CONCEPTS = {
  smile: SMILE,
  'open-mouth': {
    label: 'grinning|beaming|open mouth|astonished|hushed|tears of joy|yawning|weary|tired|zany',
    against: CALM,
  },
  tears: { label: 'crying|tears|tear', against: CALM },
  tongue: { label: 'tongue|savoring', against: CALM },
  outline: { label: 'openmoji' },
};

/**
 * @param {string} painting
 * @param {number} iterations
 * @param {string} [startFrom]
 * @returns {PretrainedModel}
 */
function style(painting, iterations, startFrom) {
  return {
    job: 'style.train',
    ...(startFrom !== undefined && { startFrom }),
    inputs: { style: `STYLES/${painting}.jpg`, contentDir: 'PHOTOS' },
    options: {
      size: 128,
      styleSize: 384,
      iterations,
      learningRate: 1e-3,
      checkpointEvery: 50,
      sampleEvery: 200,
    },
  };
}

/** @type {Readonly<Record<string, PretrainedModel>>} */
export const MODELS = {
  'faces-vae': {
    job: 'vae.train',
    inputs: { dataset: FACES },
    options: {
      ...FACES_VAE,
      reconstruction: 'gaussian',
      sigma: 0.1,
      beta: 1,
      epochs: 60,
    },
    concepts: CONCEPTS,
  },
  'faces-gan': {
    job: 'gan.train',
    inputs: { dataset: FACES },
    options: {
      ...FACES_GAN,
      batchSize: 32,
      flip: true,
      rateHalfLife: 3500,
      iterations: 8000,
      sampleEvery: 500,
      checkpointEvery: 250,
    },
    concepts: {
      smile: { label: 'smiling|grinning|beaming', against: 'frowning|sad|worried|pensive|confused' },
    },
  },
  'moby-dick': {
    job: 'text.train',
    inputs: { corpus: 'moby-dick' },
    options: {
      ...MOBY_DICK,
      units: 320,
      epochs: 8,
      temperatures: [0.2, 0.5, 0.8],
      checkpointEvery: 100,
    },
  },
  'starry-night': style('starry-night', 800),
  'great-wave': style('great-wave', 350, 'starry-night'),
  'the-scream': style('the-scream', 350, 'starry-night'),
};
