import { renamed } from '../renamed.ts';
import { pathThrough } from './interpolation.ts';

/** @deprecated Use `pathThrough`. */
export const wayThrough = renamed(pathThrough, { old: 'latent.wayThrough', now: 'latent.pathThrough' });
