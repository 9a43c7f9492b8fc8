export type { TrainEvent, VaeQuality } from './events.ts';
export { exportOnnx, type ExportedNetwork } from './export.ts';
export { klDivergence, klWeight, reconstructionError, sampled, vaeTerms } from './loss.ts';
export { type VaePictures } from './data.ts';
export { architectureOf, decoder, encoder, type Architecture, type Posterior } from './networks/network.ts';
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
export { finalModel, resume, train } from './train.ts';
export { load, Vae, type Encoded, type VaeModel } from './model.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { loadVae } from './model.ts';
