export type { TrainEvent, VaeQuality } from './events.ts';
export { exportOnnx, type ExportedNetwork } from './export.ts';
export { klDivergence, klWeight, reconstructionError, sampled, vaeTerms } from './losses.ts';
export { type VaePictures } from './material.ts';
export { architectureOf, decoder, encoder, type Architecture, type Posterior } from './model.ts';
export { DEFAULT_SIZE, trainOptions, type TrainInput, type TrainOptions } from './options.ts';
export { vaeRuns, type VaeExtra } from './run.ts';
export {
  gridPoints,
  gridSheet,
  inverseNormal,
  normalQuantiles,
  reconstructionSheet,
  sheetScale,
} from './sheets.ts';
export { resume, train } from './train.ts';
export { loadVae, Vae, type Encoded, type VaeModel } from './vae-model.ts';
