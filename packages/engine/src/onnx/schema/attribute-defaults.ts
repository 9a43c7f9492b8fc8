import { AttributeProto_AttributeType as AttributeType, type AttributeProto } from './onnx_pb.ts';

type Value = number | string | readonly (number | string)[];

/**
 * The defaults of the attributes of ONNX's operators, in any version of the operator set (1 to 28): ONNX's operator
 * schemas, as `onnx.defs` of Python's package lists them. A test compares the two.
 */
export const ATTRIBUTE_DEFAULTS: Readonly<Record<string, Readonly<Record<string, readonly Value[]>>>> = {
  Add: { broadcast: [0] },
  AffineGrid: { align_corners: [0] },
  And: { broadcast: [0] },
  ArgMax: { keepdims: [1], axis: [0], select_last_index: [0] },
  ArgMin: { keepdims: [1], axis: [0], select_last_index: [0] },
  Attention: {
    qk_matmul_output_mode: [0],
    softcap: [0],
    is_causal: [0],
    right_window_size: [-1],
    left_window_size: [-1],
  },
  AveragePool: { auto_pad: ['NOTSET'], count_include_pad: [0], ceil_mode: [0] },
  BatchNormalization: { momentum: [0.9], epsilon: [1e-5], is_test: [0], spatial: [1], training_mode: [0] },
  BlackmanWindow: { periodic: [1], output_datatype: [1] },
  Cast: { saturate: [1], round_mode: ['up'] },
  CastLike: { saturate: [1], round_mode: ['up'] },
  CausalConvWithState: { activation: ['none'] },
  Celu: { alpha: [1] },
  Clip: { max: [3.4028235e38], min: [-3.4028235e38] },
  ConcatFromSequence: { new_axis: [0] },
  Conv: { group: [1], auto_pad: ['NOTSET'] },
  ConvInteger: { group: [1], auto_pad: ['NOTSET'] },
  ConvTranspose: { group: [1], auto_pad: ['NOTSET'] },
  CumProd: { reverse: [0], exclusive: [0] },
  CumSum: { reverse: [0], exclusive: [0] },
  DFT: { inverse: [0], axis: [1], onesided: [0] },
  DeformConv: { offset_group: [1], group: [1] },
  DepthToSpace: { mode: ['DCR'] },
  DequantizeLinear: { axis: [1], block_size: [0], output_dtype: [0] },
  Div: { broadcast: [0] },
  Dropout: { is_test: [0], ratio: [0.5] },
  Elu: { alpha: [1] },
  Equal: { broadcast: [0] },
  EyeLike: { k: [0] },
  Flatten: { axis: [1] },
  GRU: { output_sequence: [0], direction: ['foward', 'forward'], linear_before_reset: [0], layout: [0] },
  Gather: { axis: [0] },
  GatherElements: { axis: [0] },
  GatherND: { batch_dims: [0] },
  Gelu: { approximate: ['none'] },
  Gemm: { beta: [1], broadcast: [0], transB: [0], alpha: [1], transA: [0] },
  GlobalLpPool: { p: [2] },
  Greater: { broadcast: [0] },
  GridSample: { align_corners: [0], padding_mode: ['zeros'], mode: ['bilinear', 'linear'] },
  GroupNormalization: { epsilon: [1e-5], stash_type: [1] },
  HammingWindow: { periodic: [1], output_datatype: [1] },
  HannWindow: { periodic: [1], output_datatype: [1] },
  HardSigmoid: { beta: [0.5], alpha: [0.2] },
  Hardmax: { axis: [1, -1] },
  ImageDecoder: { pixel_format: ['RGB'] },
  InstanceNormalization: { epsilon: [1e-5] },
  IsInf: { detect_negative: [1], detect_positive: [1] },
  LRN: { bias: [1], beta: [0.75], alpha: [0.0001] },
  LSTM: { output_sequence: [0], direction: ['forward'], input_forget: [0], layout: [0] },
  LayerNormalization: { stash_type: [1], epsilon: [1e-5], axis: [-1] },
  LeakyRelu: { alpha: [0.01] },
  Less: { broadcast: [0] },
  LinearAttention: { chunk_size: [64], scale: [0], update_rule: ['gated_delta'] },
  LogSoftmax: { axis: [1, -1] },
  LpNormalization: { p: [2], axis: [-1] },
  LpPool: { p: [2], auto_pad: ['NOTSET'], ceil_mode: [0] },
  MaxPool: { auto_pad: ['NOTSET'], storage_order: [0], ceil_mode: [0] },
  MaxRoiPool: { spatial_scale: [1] },
  MeanVarianceNormalization: { axes: [[0, 2, 3]] },
  MelWeightMatrix: { output_datatype: [1] },
  Mod: { fmod: [0] },
  Mul: { broadcast: [0] },
  Multinomial: { dtype: [6], sample_size: [1] },
  NegativeLogLikelihoodLoss: { reduction: ['mean'] },
  NonMaxSuppression: { center_point_box: [0] },
  OneHot: { axis: [-1] },
  Or: { broadcast: [0] },
  Pad: { value: [0], mode: ['constant'] },
  Pow: { broadcast: [0] },
  QLinearConv: { group: [1], auto_pad: ['NOTSET'] },
  QuantizeLinear: { axis: [1], saturate: [1], output_dtype: [0], block_size: [0], precision: [0] },
  RMSNormalization: { stash_type: [1], epsilon: [1e-5], axis: [-1] },
  RNN: { output_sequence: [0], direction: ['forward'], activations: [['Tanh', 'Tanh']], layout: [0] },
  RandomNormal: { dtype: [1], scale: [1], mean: [0] },
  RandomNormalLike: { scale: [1], mean: [0] },
  RandomUniform: { dtype: [1], high: [1], low: [0] },
  RandomUniformLike: { high: [1], low: [0] },
  Range: { stash_type: [1] },
  ReduceL1: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceL2: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceLogSum: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceLogSumExp: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceMax: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceMean: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceMin: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceProd: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceSum: { keepdims: [1], noop_with_empty_axes: [0] },
  ReduceSumSquare: { keepdims: [1], noop_with_empty_axes: [0] },
  Reshape: { allowzero: [0] },
  Resize: {
    mode: ['nearest'],
    extrapolation_value: [0],
    exclude_outside: [0],
    nearest_mode: ['round_prefer_floor'],
    coordinate_transformation_mode: ['half_pixel'],
    cubic_coeff_a: [-0.75],
    keep_aspect_ratio_policy: ['stretch'],
    antialias: [0],
  },
  ReverseSequence: { batch_axis: [1], time_axis: [0] },
  RoiAlign: {
    mode: ['avg'],
    output_height: [1],
    sampling_ratio: [0],
    output_width: [1],
    spatial_scale: [1],
    coordinate_transformation_mode: ['half_pixel'],
  },
  RotaryEmbedding: { rotary_embedding_dim: [0], interleaved: [0] },
  STFT: { onesided: [1] },
  Scatter: { axis: [0] },
  ScatterElements: { axis: [0], reduction: ['none'] },
  ScatterND: { reduction: ['none'] },
  Selu: { gamma: [1.0507, 1.050701], alpha: [1.6732, 1.6732632] },
  Shape: { start: [0] },
  Shrink: { bias: [0], lambd: [0.5] },
  Softmax: { axis: [1, -1] },
  SoftmaxCrossEntropyLoss: { reduction: ['mean'] },
  SpaceToDepth: { mode: ['DCR'] },
  Split: { axis: [0] },
  SplitToSequence: { keepdims: [1], axis: [0] },
  StringNormalizer: { is_case_sensitive: [0], case_change_action: ['NONE'] },
  Sub: { broadcast: [0] },
  SwiGLU: { alpha: [1] },
  Swish: { alpha: [1] },
  TensorScatter: { mode: ['linear'], axis: [-2] },
  ThresholdedRelu: { alpha: [1] },
  TopK: { axis: [-1], sorted: [1], largest: [1] },
  Trilu: { upper: [1] },
  Unique: { sorted: [1] },
  Upsample: { mode: ['nearest'] },
  Xor: { broadcast: [0] },
};

/** Whether an attribute of an operator has its default value. */
export function hasDefaultValue(operator: string, attribute: AttributeProto): boolean {
  if (!Object.hasOwn(ATTRIBUTE_DEFAULTS, operator)) return false;
  const ofOperator = ATTRIBUTE_DEFAULTS[operator] ?? {};
  if (!Object.hasOwn(ofOperator, attribute.name)) return false;
  const value = valueOf(attribute);
  return (ofOperator[attribute.name] ?? []).some((byDefault) => isSame(value, byDefault));
}

function valueOf(attribute: AttributeProto): Value | undefined {
  const text = new TextDecoder();
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return attribute.f;
    case AttributeType.INT:
      return Number(attribute.i);
    case AttributeType.STRING:
      return text.decode(attribute.s);
    case AttributeType.FLOATS:
      return attribute.floats;
    case AttributeType.INTS:
      return attribute.ints.map(Number);
    case AttributeType.STRINGS:
      return attribute.strings.map((bytes) => text.decode(bytes));
    default:
      return undefined;
  }
}

function isSame(value: Value | undefined, byDefault: Value): boolean {
  if (typeof value === 'object' && typeof byDefault === 'object')
    return value.length === byDefault.length && value.every((part, i) => isSame(part, byDefault[i] ?? ''));
  if (typeof value === 'number' && typeof byDefault === 'number')
    return Math.fround(value) === Math.fround(byDefault);
  return value === byDefault;
}
