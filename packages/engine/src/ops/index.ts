export {
  abs,
  add,
  atan,
  clip,
  cos,
  div,
  erf,
  exp,
  floor,
  log,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  round,
  sign,
  sin,
  sqrt,
  square,
  sub,
} from './arithmetic.ts';
export {
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  softmax,
  softplus,
  step,
  stepDown,
  tanh,
} from './activation.ts';
export { expand, sumTo } from './broadcast.ts';
export {
  cast,
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  where,
} from './comparison.ts';
export {
  conv1d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  type ConvOptions,
  type ConvTransposeOptions,
} from './convolution.ts';
export { dropout } from './dropout.ts';
export { identity, stopGradient } from './identity.ts';
export {
  gather,
  gatherElements,
  gatherND,
  oneHot,
  scatterAdd,
  scatterElements,
  scatterElementsAdd,
  scatterND,
  topK,
  type ScatterReduction,
} from './indexing.ts';
export {
  binaryCrossentropy,
  crossEntropy,
  crossEntropyOfEach,
  meanAbsoluteError,
  meanSquaredError,
  sigmoidCrossEntropy,
} from './loss.ts';
export { gemm, matmul, type GemmOptions } from './matmul.ts';
export {
  batchNormInference,
  batchNormTraining,
  instanceNorm,
  layerNorm,
  type NormalizationOptions,
} from './normalization.ts';
export { pad, padReflect } from './pad.ts';
export type { Padding } from './padding.ts';
export { averagePool, globalAveragePool, globalMaxPool, maxPool, type PoolOptions } from './pooling.ts';
export {
  unrolledGru,
  unrolledLstm,
  type RecurrentInput,
  type RecurrentOutput,
  type RecurrentWeights,
} from './recurrent.ts';
export * from './renamed.ts';
export { gruInference, lstmInference } from './recurrent-fused.ts';
export { scannedGru, scannedLstm } from './recurrent-scan.ts';
export {
  argMax,
  cumulativeSum,
  logSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  reduceVariance,
  type ReduceOptions,
  type RunningSumOptions,
} from './reduction.ts';
export { resize, type ResizeMode } from './resize.ts';
export { scan, type ScanInputs, type ScanStep } from './scan.ts';
export {
  concat,
  expandDims,
  flip,
  lowerTriangle,
  matrixTranspose,
  reshape,
  slice,
  split,
  squeeze,
  stack,
  transpose,
  upperTriangle,
} from './shape.ts';
