/** Keras 2 names of the variables of Keras 1 layers, by the ends of their names. Its running_std was really a variance. */
const KERAS_1_VARIABLES: Readonly<Record<string, string>> = {
  W: 'kernel',
  b: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  running_mean: 'moving_mean',
  running_std: 'moving_variance',
};
const KERAS_1_LAYERS: readonly (readonly [RegExp, string])[] = [
  [/^convolution2d(?=_\d+$)/, 'conv2d'],
  [/^batchnormalization(?=_\d+$)/, 'batch_normalization'],
];
const VARIABLE =
  /^(kernel|depthwise_kernel|pointwise_kernel|bias|gamma|beta|moving_mean|moving_variance)(?:_\d+)?$/;

/**
 * The name of a weight in a weight table, `layer/variable`, from its forms in the versions of Keras: `conv2d_1/kernel:0`, with the layer
 * repeated before it (`conv2d_1/conv2d_1_2/kernel:0`: the first one counts) or the model (`vgg19/block1_conv1/kernel:0`), and
 * `block1_conv1/block1_conv1_W_1:0` and `convolution2d_1/convolution2d_1_b` of Keras 1.
 */
export function kerasWeightName(path: string): string {
  const parts = path.replace(/:0$/, '').split('/');
  const last = parts.at(-1) ?? '';
  const layer = modernLayer(layerOf(parts));
  const old = new RegExp(`_(${Object.keys(KERAS_1_VARIABLES).join('|')})(?:_\\d+)?$`).exec(last);
  const variable = KERAS_1_VARIABLES[old?.[1] ?? ''] ?? VARIABLE.exec(last)?.[1] ?? last;
  return layer === '' ? variable : `${layer}/${variable}`;
}

function layerOf(parts: readonly string[]): string {
  const groups = parts.slice(0, -1);
  const inner = groups.at(-1) ?? '';
  const outer = groups.at(-2);
  // If the name of a variable scope is already used, the scope gets a number at its end; the group of the layer keeps the name.
  return outer !== undefined && new RegExp(`_\\d+$`).test(inner) && inner.replace(/_\d+$/, '') === outer
    ? outer
    : inner;
}

function modernLayer(layer: string): string {
  for (const [old, modern] of KERAS_1_LAYERS) {
    if (old.test(layer)) return layer.replace(old, modern);
  }
  return layer;
}

/** Number of unnamed convolutions in InceptionV3 and Xception, each with its batch normalisation. */
const UNNAMED_CONVOLUTIONS: readonly number[] = [94, 4];

/**
 * Keras numbers the layers of a session: a second InceptionV3 has `conv2d_95` to `conv2d_188`, and newer versions begin with
 * `conv2d` and `conv2d_1`. These weights are renumbered from 1 on, in the same order; others do not change.
 */
export function numberedFromOne<T>(table: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const shifts = ['conv2d', 'batch_normalization'].map((kind) => {
    const numbers = [...new Set([...table.keys()].flatMap((key) => numberOf(key, kind)))];
    const least = numbers.reduce((a, b) => Math.min(a, b), Infinity);
    const greatest = numbers.reduce((a, b) => Math.max(a, b), 0);
    const consecutive =
      UNNAMED_CONVOLUTIONS.includes(numbers.length) && greatest - least === numbers.length - 1;
    return { kind, by: consecutive ? 1 - least : 0 };
  });
  if (shifts.every(({ by }) => by === 0)) return table;
  return new Map(
    [...table].map(([key, value]) => {
      for (const { kind, by } of shifts) {
        const [number] = numberOf(key, kind);
        if (number !== undefined) return [`${kind}_${number + by}/${key.split('/')[1] ?? ''}`, value];
      }
      return [key, value];
    }),
  );
}

function numberOf(key: string, kind: string): number[] {
  const found = new RegExp(`^${kind}(?:_(\\d+))?/`).exec(key);
  return found === null ? [] : [Number(found[1] ?? 0)];
}
