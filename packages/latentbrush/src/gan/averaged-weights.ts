/*
 * A moving average of the generator's weights, used for samples (Karras et al. 2018, arXiv:1710.10196). It is steadier than the weights
 * themselves, which oscillate.
 */
import { add, input, mul, sub, type NDArray, type nn, type Tensor } from '@latentbrush/engine';

const GENERATOR = 'generator/';

/** Averages are variables of the state, named with this prefix and the name of the weight. */
const AVERAGE = 'ema/';

/** Averages start equal to their weights. */
export function averagesOf(weights: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  const ofGenerator = Object.entries(weights).filter(([name]) => name.startsWith(GENERATOR));
  return Object.fromEntries(ofGenerator.map(([name, value]) => [`${AVERAGE}${name}`, value]));
}

/**
 * Decay of the average at a step. It grows to its full value, so that the first weights are soon forgotten
 * (min(ema, (1 + step) / (10 + step)), as in TensorFlow's ExponentialMovingAverage).
 */
export function memoryOfAverage(ema: number, step: number): number {
  return Math.min(ema, (1 + step) / (10 + step));
}

/**
 * New values of the averages: memory · average + (1 - memory) · weight, with the weights before the step. The memory is the
 * input `ema_memory`, a scalar.
 */
export function averageUpdates(parameters: nn.Parameters): Record<string, Tensor> {
  const memory = input('ema_memory', []);
  const ofGenerator = parameters.list().filter(({ name }) => name.startsWith(GENERATOR));
  return Object.fromEntries(
    ofGenerator.map(({ name, tensor }) => {
      const average = input(`${AVERAGE}${name}`, tensor.shape);
      return [`${AVERAGE}${name}`, add(mul(average, memory), mul(tensor, sub(1, memory)))];
    }),
  );
}

/** The generator's weights from the state of a training, without the leading `generator/`: the averaged ones if kept. */
export function generatorWeights(
  tensors: Readonly<Record<string, NDArray>>,
  { ema }: { readonly ema: number },
): Record<string, NDArray> {
  const prefix = ema > 0 ? `${AVERAGE}${GENERATOR}` : GENERATOR;
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
}
