import { withdrawn } from '../renamed.ts';
import * as concept from './concept.ts';

/** @deprecated It is for the library itself; the next version removes it. */
export const checkEnough = withdrawn(concept.checkEnough, 'latent.checkEnough');
