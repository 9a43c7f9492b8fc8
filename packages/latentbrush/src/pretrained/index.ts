export type { Backbone, LayerInfo } from './backbones/backbone.ts';
export {
  backboneCatalogue,
  backboneNamed,
  type BackboneEntry,
  type BackboneName,
} from './backbones/catalogue.ts';
export { describeLayers, type Architecture, type Layer } from './backbones/keras/architecture.ts';
export { EMBEDDED_END, embeddedTrunk } from './backbones/keras/embedded-trunk.ts';
export { inceptionV3 } from './backbones/keras/inception-v3.ts';
export { kerasBackbone, type KerasBackboneOptions } from './backbones/keras/keras-backbone.ts';
export { resnet50 } from './backbones/keras/resnet50.ts';
export { vgg, type VggPooling } from './backbones/keras/vgg.ts';
export { xception } from './backbones/keras/xception.ts';
export { quotedName, splitNames } from './backbones/layer-names.ts';
export { loadBackbone, type LoadBackboneOptions } from './backbones/load-backbone.ts';
export { isOnnxPath, onnxBackbone } from './backbones/onnx/onnx-backbone.ts';
export { noLayers } from './backbones/onnx/unusable.ts';
export { PixelObjective, type PixelEvaluation, type Terms } from './backbones/pixel-objective.ts';
export { preprocessings, type Preprocessing, type PreprocessingName } from './backbones/preprocessing.ts';
