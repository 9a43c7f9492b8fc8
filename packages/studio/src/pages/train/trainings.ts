import type { Options } from '../../forms/schema.ts';
import type { TrainedSystem } from '../../queue/trained-systems.ts';

/** Training data, by its name in the studio. */
export interface TrainingData {
  readonly name: string;
  /** Megabytes to download at the first use. */
  readonly megabytes?: number;
}

const PICTURES: readonly TrainingData[] = [
  { name: 'emoji:faces' },
  { name: 'emoji' },
  { name: 'emoji:cat' },
  { name: 'mnist', megabytes: 12 },
  { name: 'fashion-mnist', megabytes: 31 },
  { name: 'cifar10', megabytes: 170 },
];

const TEXTS: readonly TrainingData[] = [
  { name: 'moby-dick' },
  { name: 'nietzsche', megabytes: 1 },
  { name: 'shakespeare', megabytes: 1 },
];

/** How the page trains a kind of network. */
export interface Training {
  /** The name of the job's input for the training data. */
  readonly input: 'dataset' | 'corpus' | 'contentDir';
  /** Data sets by name; without any, the person adds data. */
  readonly dataSets: readonly TrainingData[];
  /** Whether it learns the style of a painting, which it needs, too. */
  readonly needsPainting?: boolean;
  /** Options above all others. */
  readonly first: readonly string[];
  /** The option for the length. */
  readonly length: 'epochs' | 'iterations';
  /** Initial options: a good result in minutes, on two processors. */
  readonly begins: Options;
}

export const TRAININGS: Readonly<Record<TrainedSystem, Training>> = {
  vae: {
    input: 'dataset',
    dataSets: PICTURES,
    first: ['size', 'latentDim', 'epochs'],
    length: 'epochs',
    begins: { architecture: 'residual', size: 32, filters: 16, latentDim: 32, epochs: 30 },
  },
  gan: {
    input: 'dataset',
    dataSets: PICTURES,
    first: ['size', 'latentDim', 'iterations'],
    length: 'iterations',
    begins: { architecture: 'dcgan', filters: 16, iterations: 3000 },
  },
  text: {
    input: 'corpus',
    dataSets: TEXTS,
    first: ['units', 'layers', 'epochs'],
    length: 'epochs',
    begins: { objective: 'sequence', optimizer: 'adam', learningRate: 0.004, epochs: 10 },
  },
  style: {
    input: 'contentDir',
    dataSets: [],
    needsPainting: true,
    first: ['iterations', 'size'],
    length: 'iterations',
    begins: { size: 128, styleSize: 384, iterations: 500 },
  },
};

/** The default name of a run: its data and its kind, with a number if the name exists. */
export function proposedName(system: TrainedSystem, data: string, taken: readonly string[]): string {
  const stem = `${data.replaceAll(/[^\p{L}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '')}-${system}`.slice(0, 70);
  if (!taken.includes(stem)) return stem;
  for (let number = 2; ; number++) if (!taken.includes(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** Letters, digits, dots, hyphens and underscores, which the studio allows. */
export const RUN_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]{0,79}$/u;

/** The name of the run that a job trains. */
export function runOf({ run }: { readonly run?: string | undefined }): string | undefined {
  return run?.split(/[\\/]/).at(-1);
}
