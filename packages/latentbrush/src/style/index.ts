export { chooseBackbone, type ChosenBackbone } from './choose-backbone.ts';
export * from './fast/index.ts';
export { checkMemory, estimateMemory } from './memory.ts';
export { presetOf, type Preset } from './presets.ts';
export * from './transfer/index.ts';
