import { ganRuns } from '../../gan/index.ts';
import type { Run } from '../../runs/index.ts';
import { readRun } from '../../runs/training-run.ts';
import { textRuns } from '../../text/run.ts';
import { vaeRuns } from '../../vae/index.ts';
import { knownSystem, partsOf, STYLE_SIZES } from './exported-models.ts';

/** Facts that a page needs to run a model. */
export type ModelFacts = { readonly parts: readonly string[] } & (
  | PictureModel
  | TextModel
  | StyleModel
  | OtherModel
);

/** A decoder of points of a latent space. */
export interface PictureModel {
  readonly system: 'vae' | 'gan';
  /** Side in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
  /** Dimensions of the latent space. */
  readonly latent: number;
  /** The value of white in the decoder's output. */
  readonly white: 1 | 255;
  /** Names of the classes for generation; empty without classes. */
  readonly classes: readonly string[];
}

/** A language model that reads one token at a time. */
export interface TextModel {
  readonly system: 'text';
  readonly network: 'lstm' | 'gru' | 'conv';
  readonly units: number;
  readonly layers: number;
  readonly vocabulary: {
    readonly level: 'char' | 'word';
    readonly lowerCase: boolean;
    readonly tokens: readonly string[];
  };
  /** Length of its windows in training, in tokens. */
  readonly window: number;
  /** `last`: it was trained to continue full windows, with no context before them. */
  readonly objective: 'last' | 'sequence';
  /** Passages of the corpus to begin from. */
  readonly passages: readonly string[];
}

/** A style that paints square pictures, RGB, 0 to 255. */
export interface StyleModel {
  readonly system: 'style';
  /** Sides that it can have in the page, in pixels. */
  readonly sizes: readonly number[];
}

/** A model that pages cannot run. */
export interface OtherModel {
  readonly system: 'other';
}

/**
 * Facts that a page needs about the model of a run.
 * @throws InputError when the run is damaged
 */
export async function modelFacts(run: Run): Promise<ModelFacts> {
  const parts = partsOf(knownSystem(run));
  if (run.system === 'vae') {
    const { architecture } = (await readRun(vaeRuns, run.folder)).extra;
    const { size, channels, latent } = architecture;
    return { parts, system: 'vae', size, channels, latent, white: 1, classes: [] };
  }
  if (run.system === 'gan') {
    const { architecture, classes } = (await readRun(ganRuns, run.folder)).extra;
    const { size, channels, latent } = architecture;
    return { parts, system: 'gan', size, channels, latent, white: 255, classes };
  }
  if (run.system === 'style') return { parts, system: 'style', sizes: STYLE_SIZES };
  if (run.system !== 'text') return { parts, system: 'other' };
  const { extra, options } = await readRun(textRuns, run.folder);
  const { model: network, units, layers } = extra.architecture;
  const { window, objective } = options;
  const { vocabulary, passages } = extra;
  return { parts, system: 'text', network, units, layers, vocabulary, window, objective, passages };
}
