// The models that are installed with the package: what each is trained on, and how. The options are those of the command line.

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
  smile: {
    label: 'smiling|grinning|beaming',
    against: 'frowning|sad|disappointed|crying|worried|pensive|confused|angry',
  },
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
      size: 32,
      architecture: 'residual',
      filters: 12,
      latentDim: 16,
      reconstruction: 'gaussian',
      sigma: 0.1,
      beta: 1,
      optimizer: 'adam',
      learningRate: 1.5e-3,
      batchSize: 16,
      epochs: 60,
      flip: true,
      validation: 0,
    },
    concepts: CONCEPTS,
  },
  'faces-gan': {
    job: 'gan.train',
    inputs: { dataset: FACES },
    options: {
      architecture: 'dcgan',
      loss: 'hinge',
      spectralNorm: true,
      latentDim: 100,
      dropout: 0,
      optimizer: 'adam',
      discriminatorRate: 4e-4,
      generatorRate: 4e-4,
      decay: 0,
      ema: 0.995,
      size: 32,
      filters: 24,
      batchSize: 32,
      augment: true,
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
      objective: 'sequence',
      units: 320,
      window: 64,
      batchSize: 64,
      optimizer: 'adam',
      learningRate: 0.005,
      clipnorm: 5,
      lrDecay: 0.7,
      lrDecayAfter: 3,
      epochs: 8,
      validation: 0.05,
      temperatures: [0.2, 0.5, 0.8],
      sampleLength: 300,
      checkpointEvery: 100,
    },
  },
  'starry-night': style('starry-night', 800),
  'great-wave': style('great-wave', 350, 'starry-night'),
  'the-scream': style('the-scream', 350, 'starry-night'),
};
