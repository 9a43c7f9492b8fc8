import { withdrawn } from '../renamed.ts';
import * as featureConcept from './feature-concept.ts';
import * as score from './score.ts';

/** @deprecated It is for the library itself; the next version removes it. */
export const checkJudged = withdrawn(featureConcept.checkJudged, 'gan.checkJudged');

/** @deprecated It is for the library itself; the next version removes it. */
export const checkScored = withdrawn(score.checkScored, 'gan.checkScored');
