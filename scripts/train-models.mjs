// node scripts/train-models.mjs [NAME ...] [--pack-only] [--threads N] [--runs DIR] [--styles DIR] [--photos DIR]
// Trains the models of the package again, or only the named ones, and writes the files for their use to
// packages/latentbrush/assets/pretrained. A training that was stopped continues. Build before: npm run build.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { data, gan, image, jobs, latent, Random, runs, style, vae } from 'latentbrush';
import { MODELS } from './pretrained/models.mjs';
import { copyForUse } from '../packages/latentbrush/dist/runs/copy-for-use.js';

const TARGET = 'packages/latentbrush/assets/pretrained';

/**
 * The tensors of a checkpoint that are weights of the model that is used.
 * @type {Readonly<Record<string, RegExp>>}
 */
const WEIGHTS = {
  vae: /^(?:encoder|decoder)\//,
  gan: /^ema\/generator\//,
  text: /^(?!adam\/|state\/)/,
  style: /^(?!adam\/)/,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'pack-only': { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: 'runs/pretrained' },
    styles: { type: 'string', default: '../shared/data/styles' },
    photos: { type: 'string', default: '../shared/data/photos' },
  },
});

for (const name of positionals.length > 0 ? positionals : Object.keys(MODELS)) {
  const model = MODELS[name];
  if (model === undefined) {
    console.error(`${name}: there is no such model; choose ${Object.keys(MODELS).join(', ')}`);
    process.exit(2);
  }
  const run = join(values.runs, name);
  if (!values['pack-only']) await train(model, run);
  await pack(name, model, run);
}

/** Trains a model, or continues its training. */
async function train(
  /** @type {import('./pretrained/models.mjs').PretrainedModel} */ model,
  /** @type {string} */ run,
) {
  const threads = Number(values.threads);
  const places = { STYLES: values.styles, PHOTOS: values.photos };
  const inputs = Object.fromEntries(
    Object.entries(model.inputs).map(([role, given]) => [
      role,
      given.replace(/^(?:STYLES|PHOTOS)/, (place) => places[/** @type {keyof typeof places} */ (place)]),
    ]),
  );
  const begun = existsSync(join(run, 'run.json'));
  if (!begun && model.startFrom !== undefined) {
    const first = new AbortController();
    const request = { inputs, options: { ...model.options, threads } };
    await follow(model.job, request, run, first);
    await takeWeights(join(values.runs, model.startFrom), run);
    return follow(model.job.replace('.train', '.resume'), { inputs: {}, options: { threads } }, run);
  }
  await follow(
    begun ? model.job.replace('.train', '.resume') : model.job,
    begun ? { inputs: {}, options: { threads } } : { inputs, options: { ...model.options, threads } },
    run,
  );
}

/**
 * Puts the trained weights of one run into another of the same system, which has done one step. The other run keeps what was
 * measured of its own data, such as the palette of a painting.
 */
async function takeWeights(/** @type {string} */ from, /** @type {string} */ to) {
  const source = await runs.loadCheckpoint({ folder: from }, 'latest');
  const { step, tensors, state } = await runs.loadCheckpoint({ folder: to }, 'latest');
  const trained = Object.keys(tensors).filter((name) => `adam/mean:${name}` in tensors);
  const taken = trained.flatMap((name) => {
    const weight = source.tensors[name];
    return weight === undefined ? [] : [[name, weight]];
  });
  await runs.saveCheckpoint({ folder: to }, step, { ...tensors, ...Object.fromEntries(taken) }, state);
}

/** Writes the files of a run that the package contains: description, weights, concepts, and a small example picture. */
async function pack(
  /** @type {string} */ name,
  /** @type {import('./pretrained/models.mjs').PretrainedModel} */ model,
  /** @type {string} */ run,
) {
  const folder = join(TARGET, name);
  rmSync(folder, { recursive: true, force: true });
  const { system } = await runs.openRun(run);
  const { extra } = await runs.openRun(run);
  await copyForUse(run, folder, {
    isWeight: (tensor) => WEIGHTS[system]?.test(tensor) === true,
    extra: { ...recordsWithoutPlaces(system, extra), figures: await figures(system, run) },
  });
  for (const [concept, words] of Object.entries(model.concepts ?? {})) {
    const output = join(folder, 'concepts', `${concept}.json`);
    mkdirSync(join(folder, 'concepts'), { recursive: true });
    await follow(
      `${system}.concept`,
      { inputs: { run: `pretrained:${name}` }, options: { ...words, name: concept } },
      output,
    );
    const { recipe: _, ...learned } = JSON.parse(readFileSync(output, 'utf8'));
    writeFileSync(output, `${JSON.stringify(learned)}\n`);
  }
  const preview = await previewOf(system, folder);
  if (preview !== undefined) await image.writePicture(join(folder, 'preview.webp'), preview, { quality: 80 });
  const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(join(folder, file)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
  console.log(`${folder}: ${(bytes / 1e6).toFixed(2)} MB`);
}

/** The records of a run without folders of the machine that trained it. */
function recordsWithoutPlaces(
  /** @type {string} */ system,
  /** @type {Readonly<Record<string, unknown>>} */ extra,
) {
  if (system !== 'style') return extra;
  return { ...extra, style: basename(String(extra.style)), contentDir: basename(String(extra.contentDir)) };
}

/** What is measured of a model, for run.json: tests measure it again. */
async function figures(/** @type {string} */ system, /** @type {string} */ run) {
  const metrics = await runs.readMetrics({ folder: run });
  const epochs = metrics.filter((metric) => metric.type === 'epoch');
  if (system === 'text') {
    const losses = epochs.map(({ validation }) => Number(/** @type {{ loss: unknown }} */ (validation).loss));
    return { validationLoss: Math.min(...losses) };
  }
  if (system !== 'vae') return {};
  const model = await vae.load(run);
  const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 32 });
  const pictures = Array.from({ length: faces.count }, (_, index) => data.pictureAt(faces, index));
  const decoded = await model.decode((await model.encode(pictures)).map(({ mean }) => mean));
  await model.release();
  const squares = decoded.map(({ data: values }, index) => {
    const real = pictures[index]?.data ?? values;
    return values.reduce((sum, value, i) => sum + ((value - (real[i] ?? 0)) / 255) ** 2, 0) / values.length;
  });
  return { reconstructionMse: squares.reduce((sum, value) => sum + value) / squares.length };
}

/** A small picture of what a model makes. */
async function previewOf(/** @type {string} */ system, /** @type {string} */ run) {
  if (system === 'text') return undefined;
  if (system === 'style') {
    const painter = await style.load(run);
    const painted = await painter.paint(image.fitWithin(await data.loadPhotograph('cat'), 320));
    await painter.release();
    return painted;
  }
  if (system === 'vae') return smiles(run);
  const model = await gan.load(run);
  const pictures = await model.sample(new Random(7), 24);
  await model.release();
  return image.montage(pictures, { columns: 6, gap: 0 });
}

/** The neutral face of each set, with less and more of a smile. */
async function smiles(/** @type {string} */ run) {
  const model = await vae.load(run);
  const smile = await latent.readConcept(join(run, 'concepts', 'smile.json'));
  const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 32 });
  const neutral = data.matching(faces, 'neutral face').map((index) => data.pictureAt(faces, index));
  const points = (await model.encode(neutral)).flatMap(({ mean }) =>
    [-1.6, -0.9, -0.3, 0.4, 1, 1.6].map((strength) => latent.bent(mean, smile, strength)),
  );
  const pictures = await model.decode(points);
  await model.release();
  return image.montage(pictures, { columns: 6, gap: 0 });
}

/** Runs a job and shows its lines. With a controller it ends after the first step. */
async function follow(
  /** @type {string} */ name,
  /** @type {{ inputs: Readonly<Record<string, string>>, options: Readonly<Record<string, unknown>> }} */ request,
  /** @type {string} */ output,
  /** @type {AbortController | undefined} */ onlyFirst = undefined,
) {
  const job = await jobs.jobNamed(name);
  for await (const event of job.run({ ...request, output }, { signal: onlyFirst?.signal })) {
    if (event.type === 'progress' && event.label.startsWith('loss')) onlyFirst?.abort();
    if (event.type === 'metric' && event.text !== undefined) console.log(event.text.trim());
    if (event.type === 'progress' && event.done % 100 === 0)
      console.log(`${event.done} of ${event.total}: ${event.label}`);
  }
}
