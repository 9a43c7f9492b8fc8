import { grad } from '../../../autodiff.ts';
import { bool, float32, int64 } from '../../../graph/ndarray.ts';
import { constant, input, type Tensor } from '../../../graph/tensor.ts';
import { dense } from '../../../nn/dense.ts';
import { Parameters } from '../../../nn/parameters.ts';
import { lstm } from '../../../nn/recurrent.ts';
import * as op from '../../../ops/index.ts';
import { FusedRnn } from '../../../ops/recurrent-fused.ts';

/** A graph that uses every operator of the engine. */
export function everything(): Record<string, Tensor> {
  const x = input('x', [1, 2, 6, 6]);
  const picture = op.conv2d(x, constant(float32(wave(72), [4, 2, 3, 3])), { padding: 'same', strides: 2 });
  const pooled = op.add(op.maxPool(x), op.averagePool(x));
  const vector = op.reshape(x, [8, 9]);
  const positive = op.add(op.abs(vector), 1);
  const ids = op.argMax(vector);
  const recurrent = {
    kernel: constant(float32(wave(9 * 8), [9, 8])),
    recurrentKernel: constant(float32(wave(16), [2, 8])),
    bias: constant(float32(wave(8))),
  };
  const gated = {
    kernel: constant(float32(wave(54), [9, 6])),
    recurrentKernel: constant(float32(wave(12), [2, 6])),
    bias: constant(float32(wave(6))),
    recurrentBias: constant(float32(wave(6))),
  };
  const steps = op.expandDims(vector, [1]);
  const chosen = op.where(
    op.logicalOr(
      op.logicalAnd(op.greater(vector, 0), op.less(vector, 2)),
      op.logicalNot(op.lessOrEqual(vector, op.greaterOrEqual(vector, 0).shape.length)),
    ),
    op.minimum(vector, 1),
    op.maximum(vector, op.cast(op.equal(vector, 0), 'float32')),
  );
  const outputs: Tensor[] = [
    op.conv2dTranspose(picture, constant(float32(wave(72), [4, 2, 3, 3])), { strides: 2, padding: 'same' }),
    pooled,
    op.resize(x, [3, 9], 'bilinear'),
    op.padReflect(x, [0, 0, 1, 1], [0, 0, 2, 0]),
    op.flip(op.pad(vector, [0, 1], [1, 0]), [1]),
    chosen,
    op.cast(op.greaterOrEqual(vector, 0), 'float32'),
    op.concat(op.split(op.transpose(vector), [4, 5], 0), 1 - 1),
    op.sub(op.div(op.mul(op.exp(vector), op.log(positive)), op.sqrt(positive)), op.pow(positive, 1.5)),
    op.neg(op.sign(op.floor(op.sin(op.cos(op.atan(op.erf(op.clip(vector, -1, 1)))))))),
    op.relu(op.leakyRelu(op.elu(op.softplus(op.hardSigmoid(op.sigmoid(op.tanh(vector))))))),
    op.softmax(vector),
    op.logSoftmax(vector),
    op.reduceSum(vector, [1]),
    op.reduceMean(vector, [0]),
    op.add(op.reduceMax(vector), op.reduceMin(vector)),
    op.matmul(vector, op.matrixTranspose(vector)),
    op.gemm(vector, vector, { transB: true }),
    op.gather(vector, ids, 1),
    op.oneHot(ids, 9),
    op.scatterAdd(vector, constant(int64([1, 1])), constant(float32(wave(18), [2, 9]))),
    op.scatterElementsAdd(vector, constant(int64([0, 2], [2, 1])), constant(float32([1, 2], [2, 1]))),
    op.gatherElements(vector, constant(int64([0, 2, 1, 0, 0, 0, 0, 0], [8, 1])), 1),
    op.expand(op.identity(constant(float32([1, 2], [2, 1]))), [2, 3]),
    op.lstmInference(steps, recurrent).sequence,
    op.gruInference(steps, gated).sequence,
    op.cast(constant(bool([true, false])), 'int64'),
    op.round(op.reduceProduct(vector, [1])),
    op.mod(ids, constant(int64([3]))),
    op.cumulativeSum(vector, 1, { exclusive: true }),
    op.upperTriangle(vector, 1),
    op.topK(vector, 3)[0],
    op.gatherND(vector, constant(int64([0, 2, 1, 0], [2, 2]))),
    FusedRnn.apply([steps, constant(float32(wave(18), [1, 2, 9])), constant(float32(wave(4), [1, 2, 2]))], {
      hidden_size: 2,
      direction: 'forward',
    }),
  ];
  return Object.fromEntries(outputs.map((tensor, i) => [`y${i}`, tensor]));
}

/** Numbers of a sine, which are all different. */
export function wave(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.3));
}

/** The feeds of {@link everything}. */
export const feeds = { x: float32(wave(72), [1, 2, 6, 6]) };

/** A training step of an LSTM: its loss and the gradients of its weights. */
export function lstmStep(): Record<string, Tensor> {
  const parameters = new Parameters();
  const tokens = op.transpose(input('tokens', [4, 5], 'int64'));
  const { state } = lstm(parameters.scope('lstm'), { tokens, depth: 7 }, { units: 6 });
  const loss = op.crossEntropy(
    dense(parameters.scope('dense'), state[0], { units: 7 }),
    input('targets', [4], 'int64'),
  );
  const gradients = grad(loss, Object.values(parameters.trainable()));
  return { loss, ...Object.fromEntries(gradients.map((gradient, i) => [`gradient${i}`, gradient])) };
}
