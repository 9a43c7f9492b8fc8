import { existsSync, readdirSync } from 'node:fs';
import { basename, join, parse, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@latentbrush/engine';

/** The prefix of the names of runs that are installed with the package. */
const PREFIX = 'pretrained:';

/** The folder of these runs in the package. */
const FOLDER = fileURLToPath(new URL('../../assets/pretrained', import.meta.url));

/** A trained model that is installed with the package. */
export interface PretrainedRun {
  /** Its system: `text`, `style`, `vae`, `gan`. */
  readonly system: string;
  /** What it makes. */
  readonly title: string;
}

/**
 * Runs that are installed with the package, by name. Use the name `pretrained:faces-vae` in place of the folder of a run. They are only for
 * use: their checkpoints contain no state of the training, so they cannot be continued.
 * @example
 * const model = await vae.load('pretrained:faces-vae');
 * await image.writePicture('faces.png', image.montage(await model.sample(new Random(1), 16)));
 * await model.release();
 */
export const pretrainedRuns = {
  'faces-vae': { system: 'vae', title: 'a latent space of faces, with the direction of a smile' },
  'faces-gan': { system: 'gan', title: 'faces that nobody drew' },
  'moby-dick': { system: 'text', title: 'a language model of Moby Dick, a character at a time' },
  'starry-night': { system: 'style', title: 'paints like The Starry Night, Vincent van Gogh, 1889' },
  'great-wave': { system: 'style', title: 'paints like The Great Wave, Katsushika Hokusai, 1831' },
  'the-scream': { system: 'style', title: 'paints like The Scream, Edvard Munch, 1893' },
} as const satisfies Readonly<Record<string, PretrainedRun>>;

/** Whether a text names a run of the package: `pretrained:` and a name, whether it exists or not. */
export function isPretrained(run: string): boolean {
  return run.startsWith(PREFIX);
}

/** The names of all runs that are installed with the package, with their prefix: `pretrained:faces-vae`. */
export function pretrainedNames(): string[] {
  return Object.keys(pretrainedRuns).map((name) => `${PREFIX}${name}`);
}

/**
 * Where the files of a run are: its folder, or that of a run of the package.
 * @param run a folder, or `pretrained:` and a name
 * @throws InputError when no run of the package has the name; it names those that there are
 */
export function placeOfRun(run: string): string {
  return isPretrained(run) ? join(FOLDER, knownName(run.slice(PREFIX.length))) : run;
}

/** The name of a run in recipes and files: that of its folder; `pretrained:faces-vae` for a run of the package, also by its folder. */
export function nameOfRun(run: string): string {
  if (isPretrained(run)) return run;
  const path = resolve(run);
  const name = basename(path);
  return path === join(FOLDER, name) ? `${PREFIX}${name}` : name;
}

/** The stem of the names of files that are made from a run: `faces-vae`. */
export function stemOfRun(run: string): string {
  return nameOfRun(run).replace(PREFIX, '');
}

/**
 * Refuses to write into a run that is installed with the package.
 * @throws InputError when it is one
 */
export function checkWritableRun(run: string): void {
  const own = isPretrained(run) || resolve(run).startsWith(FOLDER + sep);
  if (!own) return;
  throw new InputError(
    `${run}: comes with the package and is only for use; train in a folder of your own, such as runs/${stemOfRun(run)}`,
  );
}

/**
 * The file of a concept: a path as it is, or `pretrained:faces-vae/smile`, a concept of a run of the package.
 * @throws InputError when no run of the package has the name, or it has no such concept; it names those that there are
 */
export function placeOfConcept(concept: string): string {
  if (!isPretrained(concept)) return concept;
  const [run = '', name = ''] = concept.split('/', 2);
  const folder = conceptsOfRun(run);
  const names = existsSync(folder) ? readdirSync(folder).map((file) => parse(file).name) : [];
  if (names.includes(name)) return join(folder, `${name}.json`);
  const choice = names.sort().map((each) => `${run}/${each}`);
  throw new InputError(
    `${concept}: no such concept comes with the package; choose ${[...choice, 'a file'].join(', ')}`,
  );
}

/**
 * The folder of the concepts that come with a run of the package; it can be missing.
 * @throws InputError when no run of the package has the name
 */
export function conceptsOfRun(run: string): string {
  return join(placeOfRun(run), 'concepts');
}

/** A small picture of what a run of the package makes; undefined for other runs, and for language models. */
export function previewOfRun(run: string): string | undefined {
  const file = pretrainedNames().includes(run) ? join(placeOfRun(run), 'preview.webp') : undefined;
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** @throws InputError when no run of the package has the name */
function knownName(name: string): string {
  if (Object.hasOwn(pretrainedRuns, name)) return name;
  throw new InputError(
    `${PREFIX}${name}: no such run comes with the package; choose ${pretrainedNames().join(', ')}`,
  );
}
