export { chooseBackbone, type ChosenBackbone } from './choose-backbone.ts';
export * from './fast/index.ts';
export { estimateMemory } from './memory.ts';
export { presetOf, type Preset } from './presets.ts';
export * from './transfer/index.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { checkMemory } from './withdrawn.ts';
