import { InputError } from '@latentbrush/engine';
import type { BackboneEntry } from '../../../pretrained/backbones/catalogue.ts';
import { findWeights, type LocateOptions } from '../../../pretrained/weights/locate.ts';
import { megabytes } from '../../terminal/megabytes.ts';

/** Whether the weights of a backbone are on this machine. */
export interface WeightsState {
  readonly state: 'embedded' | 'here' | 'missing' | 'damaged';
  /** Path of the file, when they are here. */
  readonly path?: string;
  /** The fault of the file, if it is damaged. */
  readonly problem?: string;
}

/** Looks for the weights of a backbone without network access. */
export async function weightsState(
  { weights }: BackboneEntry,
  options: Pick<LocateOptions, 'dataDir'>,
): Promise<WeightsState> {
  if (weights === null) return { state: 'embedded' };
  try {
    const found = await findWeights(weights, options);
    return found === undefined ? { state: 'missing' } : { state: 'here', path: found.path };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { state: 'damaged', problem: error.message };
  }
}

/** The state in a few words. */
export function describeState({ weights }: BackboneEntry, { state, path }: WeightsState): string {
  switch (state) {
    case 'embedded':
      return 'come with this package';
    case 'here':
      return path ?? '';
    case 'missing':
      return `a download of ${megabytes(weights?.size ?? 0)}`;
    case 'damaged':
      return 'damaged, see below';
  }
}
