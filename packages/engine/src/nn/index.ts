export { activate, type Activation } from './activations.ts';
export { conv1d, conv2d, conv2dTranspose, depthwiseConv2d, type ConvLayerOptions } from './convolution.ts';
export { dense, type DenseOptions } from './dense.ts';
export { Dropout } from './dropout.ts';
export { embedding, type EmbeddingOptions } from './embedding.ts';
export * from './initializers.ts';
export { batchNormalization, instanceNormalization, layerNormalization } from './normalization.ts';
export { Parameters, type Parameter } from './parameters.ts';
export { gru, lstm, type RecurrentInput, type RecurrentOptions } from './recurrent.ts';
