export {
  checkCarry,
  checkZoom,
  dreamFrames,
  dreamZoom,
  type DreamFrame,
  type ZoomOptions,
} from './animate.ts';
export {
  BOOK_CONTRIBUTIONS,
  formatContributions,
  parseContributions,
  type Contribution,
} from './contributions.ts';
export type { DreamEvent, DreamPlace } from './events.ts';
export { checkCount, explore, type Exploration } from './explore.ts';
export { noisePicture, VISUALIZATION } from './noise.ts';
export { dreamTerms, type ObjectiveKind } from './objective.ts';
export { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
export { Dream, dream, type DreamPictures, type Rendering } from './render.ts';
