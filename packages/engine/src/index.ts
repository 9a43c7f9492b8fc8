export * from './errors.ts';
export { blocking, watchBlocking, type BlockingWatcher } from './blocking.ts';
export * from './graph/dtype.ts';
export * from './graph/ndarray.ts';
export { asTensor, constant, customGradient, indices, input, Tensor, type Operand } from './graph/tensor.ts';
export { Graph } from './graph/graph.ts';
export { peakMemory } from './graph/peak-memory.ts';
export {
  defineOperator,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from './graph/operator.ts';
export { dependence, grad, valueAndGrad, vjp } from './autodiff.ts';
export { encodeOnnx, type EncodeOptions } from './onnx/write/encode.ts';
export { FREE_BATCH, type FreeDimension } from './onnx/write/free-dimension.ts';
export { decodeOnnx, type DecodedModel, type DecodeOptions } from './onnx/read/decode.ts';
export { onnxInitializers } from './onnx/read/initializers.ts';
export {
  listExternalFiles,
  listOnnxInputs,
  listOnnxNodes,
  type OnnxInput,
  type OnnxNode,
} from './onnx/read/contents.ts';
export { type ExternalFiles } from './onnx/read/file/external-data.ts';
export { compile, type Feeds, type Session, type SessionOptions } from './session.ts';
export { compileTrainingStep, TrainingState, type TrainingStep } from './training-step.ts';
export * from './ops/index.ts';
export * as nn from './nn/index.ts';
export * as optim from './optim/index.ts';
export { checkGradients, type GradientCheckOptions } from './gradient-check.ts';
export { Random, type RandomState } from './random.ts';
export { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './half-floats.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts';
