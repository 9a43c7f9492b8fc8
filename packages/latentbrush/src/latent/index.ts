export {
  bent,
  learnConcept,
  readConcept,
  writeConcept,
  type Concept,
  type ConceptDirection,
} from './concept.ts';
export { lerp, pathThrough, slerp, type InterpolationMethod, type Point } from './interpolation.ts';
export {
  crossValidatedAccuracy,
  logisticRegression,
  score,
  type LinearClassifier,
} from './logistic-regression.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { wayThrough } from './renamed.ts';
export { principalDirections, type PrincipalDirections } from './principal-directions.ts';
export { MOST_PROJECTED, project, type ProjectionMethod } from './projection.ts';
export { scatter, type ScatterOptions } from './scatter.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { checkEnough } from './withdrawn.ts';
