export { type StyleEvent, type StylePlace } from './events.ts';
export {
  resolveStyle,
  styleOptions,
  type ResolvedStyle,
  type StyleInput,
  type StyleOptions,
} from './options.ts';
export { paint } from './render.ts';
export { type StylePicture } from './style-parts.ts';
