export { dreamFrames, dreamZoom, type DreamFrame, type ZoomOptions } from './animate.ts';
export {
  BOOK_CONTRIBUTIONS,
  formatContributions,
  parseContributions,
  type Contribution,
  type LayerOrChannel,
} from './contributions.ts';
export type { DreamEvent, DreamPlace } from './events.ts';
export { explore, EXPLORATION, type Exploration, type LeftOut } from './explore.ts';
export { noisePicture, VISUALIZATION } from './noise.ts';
export { dreamTerms, type EdgeKind, type ObjectiveKind } from './loss.ts';
export { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
export { Dream, dream, type DreamPictures, type Rendering } from './render.ts';
