export { exportOnnx, type ExportedModel } from './export.ts';
export {
  sampleOptions,
  trainOptions,
  type SampleInput,
  type SampleOptions,
  type TrainInput,
  type TrainOptions,
} from './options.ts';
export {
  beginning,
  generate,
  load,
  write,
  Writer,
  type Beginning,
  type LanguageModel,
  type WrittenToken,
} from './model.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { loadLanguageModel } from './model.ts';
export type { TextSource } from './data.ts';
export { corpusOf } from './run.ts';
export { entropy, reweight, samplingDistribution, type Reweighting } from './temperature.ts';
export { tokenize, Vocabulary, type Level } from './tokenizer.ts';
export { quality, type Quality, type TrainEvent } from './events.ts';
export { finalModel, resume, train } from './train.ts';
export { parametersOf, type Architecture } from './network.ts';
