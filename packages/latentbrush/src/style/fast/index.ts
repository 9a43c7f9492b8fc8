export { ContentCrops } from './content-crops.ts';
export { type FastPictures } from './data.ts';
export { type FastEvent, type FastLosses } from './events.ts';
export { exportOnnx, type ExportedStyle } from './export.ts';
export { estimatePaintingMemory, estimateTrainingMemory } from './memory.ts';
export { load, SMALLEST_SIDE, StylePainter, type StyleModel } from './model.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { loadStyleModel } from './model.ts';
export { transformer, TRANSFORMER_STRIDE, type TransformerArchitecture } from './network.ts';
export { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
export { paintPictures, type PaintedPicture, type Painter } from './paint-pictures.ts';
export { PairCrops, type PaintedPair } from './pair-crops.ts';
export { styleRuns, type FastSources } from './run.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops them
export { resumeFast, trainFast } from './renamed.ts';
export { finalModel, resume, train } from './train.ts';
