import type { Options } from '../../forms/schema.ts';

/** Kinds of networks that the page trains. */
export const SYSTEMS = ['vae', 'gan', 'text'] as const;

export type TrainedSystem = (typeof SYSTEMS)[number];

/** Something to learn from, by the name that the studio knows it by. */
export interface Material {
  readonly name: string;
  /** Megabytes that are downloaded when it is first used. */
  readonly megabytes?: number;
}

const PICTURES: readonly Material[] = [
  { name: 'emoji:faces' },
  { name: 'emoji' },
  { name: 'emoji:cat' },
  { name: 'mnist', megabytes: 12 },
  { name: 'fashion-mnist', megabytes: 31 },
  { name: 'cifar10', megabytes: 170 },
];

const TEXTS: readonly Material[] = [
  { name: 'moby-dick' },
  { name: 'nietzsche', megabytes: 1 },
  { name: 'shakespeare', megabytes: 1 },
];

/** How a kind of network is trained from the page. */
export interface Training {
  /** The name of the job's input that names the material. */
  readonly input: 'dataset' | 'corpus';
  readonly materials: readonly Material[];
  /** Options that stand before all others. */
  readonly first: readonly string[];
  /** The option that says how long. */
  readonly length: 'epochs' | 'iterations';
  /** What the page begins with: a good result in minutes, on two processors. */
  readonly begins: Options;
}

export const TRAININGS: Readonly<Record<TrainedSystem, Training>> = {
  vae: {
    input: 'dataset',
    materials: PICTURES,
    first: ['size', 'latentDim', 'epochs'],
    length: 'epochs',
    begins: { architecture: 'residual', size: 32, filters: 16, latentDim: 32, epochs: 30 },
  },
  gan: {
    input: 'dataset',
    materials: PICTURES,
    first: ['size', 'latentDim', 'iterations'],
    length: 'iterations',
    begins: { architecture: 'dcgan', filters: 16, iterations: 3000 },
  },
  text: {
    input: 'corpus',
    materials: TEXTS,
    first: ['units', 'layers', 'epochs'],
    length: 'epochs',
    begins: { objective: 'sequence', optimizer: 'adam', learningRate: 0.004, epochs: 10 },
  },
};

/** The name that a run gets unless the person gives another: what it learns from and how, with a number where that is taken. */
export function proposedName(system: TrainedSystem, material: string, taken: readonly string[]): string {
  const stem = `${material.replaceAll(/[^\p{L}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '')}-${system}`.slice(
    0,
    70,
  );
  if (!taken.includes(stem)) return stem;
  for (let number = 2; ; number++) if (!taken.includes(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** Letters, digits, dots, hyphens and underscores, as the studio allows them. */
export const RUN_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]{0,79}$/u;

/** The name of the run that a job trains. */
export function runOf({ run }: { readonly run?: string | undefined }): string | undefined {
  return run?.split(/[\\/]/).at(-1);
}
