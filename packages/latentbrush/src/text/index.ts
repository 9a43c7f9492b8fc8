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
  write,
  type Beginning,
  type LanguageModel,
  type WrittenToken,
} from './sample.ts';
export { corpusOf, loadLanguageModel, type TextSource } from './run.ts';
export { entropy, reweight, samplingDistribution, type Reweighting } from './temperature.ts';
export { tokenize, Vocabulary, type Level } from './tokenizer.ts';
export { quality, type Quality, type TrainEvent } from './events.ts';
export { resume, train } from './train.ts';
export { parametersOf, type Architecture } from './model.ts';
