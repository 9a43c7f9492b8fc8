export { InputError } from '@latentbrush/engine';
export * as data from './data/index.ts';
export * as runs from './runs/index.ts';
export * as text from './text/index.ts';
export { version } from './version.ts';
