import { join } from 'node:path';
import { z } from 'zod';
import { matching, type ImageDataset } from '../../data/index.ts';
import { writeConcept } from '../../latent/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { willWrite } from '../files-in-use.ts';
import { defineJob } from '../job.ts';
import { isFolder } from '../target-file.ts';
import { datasetInput, datasetOptions, recordDatasets, sourceOf } from '../dataset-input.ts';
import { ganSystem } from './gan-system.ts';
import { withRun, type OpenedRun } from './open-run.ts';
import { runInputs } from './options.ts';
import type { ConceptData, LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';

const inputs = {
  dataset: datasetInput.describe('named pictures (default: those of the run)'),
  from: datasetInput.describe('pictures without the concept'),
  to: datasetInput.describe('pictures with the concept'),
};

const options = {
  label: z
    .string()
    .optional()
    .describe(
      "words in the name or class of the data set's pictures that have the concept; put | between alternatives",
    ),
  against: z
    .string()
    .optional()
    .describe('words in the name or class of pictures without it (default: all others)'),
  name: z.string().optional().describe('name of the concept (default: the words, or the folder)'),
  count: z
    .int()
    .min(1)
    .default(1000)
    .describe('number of generated pictures (GAN), and the most named pictures of each kind'),
  ...datasetOptions,
};

interface ConceptRequest {
  readonly inputs: z.output<z.ZodObject<typeof inputs>>;
  readonly options: z.output<z.ZodObject<typeof options>>;
}

function conceptJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.concept`;
  return defineJob({
    name,
    about: 'Learn a direction in the latent space along which a concept, such as a smile, grows.',
    inputs: z.strictObject({ ...runInputs, ...inputs }),
    options: z.strictObject({ ...system.options, ...options }),
    async work({ output, ...request }, work) {
      const { named, rules, ...chosen } = request.options;
      checkAsked(request, system);
      await withRun(system, request, work, async (run) => {
        if (run.model.encoder === undefined) run.checkCount(chosen.count, words`${option('count')}`);
        const data = await conceptData(request, run);
        const { random } = run;
        const { concept, figures, lines } = await run.model.learn(data, { random, report: work.report });
        const path = (await isFolder(output)) ? join(output, fileNameOf(concept.name)) : output;
        await willWrite(path);
        const datasets = await recordDatasets(request.inputs, named, rules);
        const recorded = { ...chosen, rules, named: datasets.named };
        await writeConcept(path, concept, await run.recipe(name, recorded, datasets.files));
        const { accuracy, chance, positives, negatives } = concept;
        await work.report.made(
          path,
          { name: concept.name, accuracy, chance, positives, negatives, ...figures },
          `${[`${path}: "${concept.name}" ${lines[0] ?? ''}`, ...lines.slice(1)].join('\n  ')}\n`,
        );
      });
    },
  });
}

/**
 * @throws InputError when neither words nor two folders were given, or both
 * @throws OptionError when the name is not valid, or a data set was given with two folders
 */
function checkAsked(
  { inputs: { dataset, from, to }, options: { label, name, named } }: ConceptRequest,
  system: LatentSystem,
): void {
  const [without, having] = [from ?? named.from, to ?? named.to];
  const byWords = label !== undefined && without === undefined && having === undefined;
  const byFolders = label === undefined && without !== undefined && having !== undefined;
  // A GAN does not know the points of pictures: it labels generated pictures by comparison with named ones.
  if (system.name === 'gan') {
    if (!byWords)
      throw new OptionError(
        words`gan concept: give ${option('label')} with words, such as ${option('label')} smiling`,
      );
  } else if (!byWords && !byFolders)
    throw new OptionError(
      words`vae concept: give ${option('label')} with words, or ${option('from')} and ${option('to')} with two folders`,
    );
  if (byFolders && (dataset ?? named.dataset) !== undefined)
    throw new OptionError(
      words`${system.name} concept: a data set (${sourceOf(dataset, named.dataset) ?? ''}) and two folders were given; leave it out, or give ${option('label')} instead of the folders`,
    );
  if (name !== undefined) nameOfConcept(name, ''); // before anything is loaded
}

async function conceptData({ inputs, options }: ConceptRequest, run: OpenedRun): Promise<ConceptData> {
  const { label, against, name, named, count, rules } = options;
  if (label !== undefined) {
    const source = sourceOf(inputs.dataset, named.dataset);
    const dataset = source === undefined ? await run.dataset() : await run.pictures(source, rules);
    const { having, lacking } = dividedByWords(dataset, label, against);
    return {
      name: nameOfConcept(name, label),
      having: { dataset, indices: having },
      lacking: { dataset, indices: lacking },
      count,
    };
  }
  const [from, to] = [sourceOf(inputs.from, named.from)!, sourceOf(inputs.to, named.to)!];
  const [without, having] = [await run.pictures(from, rules), await run.pictures(to, rules)];
  if (without.sha256 === having.sha256)
    throw new OptionError(
      words`${run.system.name} concept: ${option('from')} (${from}) and ${option('to')} (${to}) contain the same pictures; give pictures without the concept and pictures with the concept`,
    );
  return {
    name: nameOfConcept(name, having.name),
    having: { dataset: having, indices: all(having) },
    lacking: { dataset: without, indices: all(without) },
    count,
  };
}

/** Indices of the pictures with and without the concept, by words in their names or classes. */
function dividedByWords(
  dataset: ImageDataset,
  label: string,
  against: string | undefined,
): { readonly having: readonly number[]; readonly lacking: readonly number[] } {
  const having = new Set(anyOf(dataset, label));
  const others = against === undefined ? all(dataset) : anyOf(dataset, against);
  return { having: [...having], lacking: others.filter((index) => !having.has(index)) };
}

function anyOf(dataset: ImageDataset, alternatives: string): number[] {
  return [...new Set(alternatives.split('|').flatMap((alternative) => matching(dataset, alternative)))];
}

function all({ count }: ImageDataset): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** `to the right` as `to-the-right.json`. */
function fileNameOf(name: string): string {
  return `${name.replace(/[^\p{L}\p{M}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '')}.json`;
}

/**
 * Name of a concept, in NFC: a name can be typed in several ways.
 * @param chosen the option `name`, if given
 * @param otherwise the words or the folder that define the concept
 * @throws OptionError when a path was given, or no letters or digits
 */
function nameOfConcept(chosen: string | undefined, otherwise: string): string {
  if (chosen === undefined) return otherwise.normalize('NFC');
  const refused = words`${option('name')}: ${JSON.stringify(chosen)} was given;`;
  if (/[/\\]/.test(chosen))
    throw new OptionError(
      words`${refused} a name is needed, not a path; use ${option('output')} to say where to write`,
    );
  if (!/[\p{L}\p{N}]/u.test(chosen) || /\p{Cc}/u.test(chosen))
    throw new OptionError(words`${refused} a name of letters and digits is needed, such as smile`);
  return chosen.normalize('NFC');
}

/** The job that learns a concept, for each system. */
export const conceptJobs = { vae: conceptJob(vaeSystem), gan: conceptJob(ganSystem) };
