export { describeLayers, type Architecture, type Layer, type LayerInfo } from './architecture.ts';
export type { Backbone } from './backbone.ts';
export { EMBEDDED_END, embeddedTrunk } from './embedded-trunk.ts';
export { inceptionV3 } from './inception-v3.ts';
export { kerasBackbone, type KerasBackboneOptions } from './keras-backbone.ts';
export { PixelObjective, type PixelEvaluation, type Terms } from './pixel-objective.ts';
export { preprocessings, type Preprocessing, type PreprocessingName } from './preprocessing.ts';
export { vgg, type VggPooling } from './vgg.ts';
