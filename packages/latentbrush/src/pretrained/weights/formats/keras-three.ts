import { float32, InputError, type NDArray } from '@latentbrush/engine';
import { numberedFromOne } from '../names/keras-names.ts';
import { kerasOrders, type KerasKind, type KerasOrder } from '../names/keras-order.ts';
import { vggConvolutions } from '../names/torchvision-names.ts';
import type { WeightTable } from '../weight-table.ts';
import type { Hdf5Tensor } from './hdf5-file.ts';

/**
 * The path of a variable in Keras 3: a group for each layer, named by its class and a number from 0 on, which is not that of its name; the variables
 * have numbers. `layers` is `_layer_checkpoint_dependencies` in files of Keras 2.13.
 */
const VARIABLE = /^(?:(.*)\/)?(conv2d|separable_conv2d|batch_normalization)(?:_(\d+))?\/vars\/(\d+)$/;
const ANY_VARIABLE = /(?:^|\/)vars\/\d+$/;

/** The variables of a layer in the order of their numbers. InceptionV3's normalisations have no gamma. */
const VARIABLES = {
  conv2d: () => ['kernel', 'bias'],
  separable_conv2d: () => ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  batch_normalization: (count: number) =>
    count === 3
      ? ['beta', 'moving_mean', 'moving_variance']
      : ['gamma', 'beta', 'moving_mean', 'moving_variance'],
} as const satisfies Readonly<Record<KerasKind, (count: number) => readonly string[]>>;

/** A layer with weights. */
interface StoredLayer {
  /** The group that it is in: that of the model, or of a model in it. */
  readonly container: string;
  readonly kind: KerasKind;
  readonly index: number;
  readonly name: string | undefined;
  readonly variables: Map<number, NDArray<'float32'>>;
}

/** Whether a tensor has the path of a variable of Keras 3. */
export function isKerasThree({ path }: Hdf5Tensor): boolean {
  return ANY_VARIABLE.test(path);
}

/**
 * The weights of a file of Keras 3, which numbers the layers of a model by their class. Their names are, whatever there is: in the file itself (as Keras
 * 3.15 writes it), in the `config.json` of a `.keras` file, or those of the network with so many layers of each class.
 * @param order the names in the `config.json`
 * @throws InputError when there are no names
 */
export function kerasThreeWeights(
  tensors: readonly Hdf5Tensor[],
  name: string,
  order?: KerasOrder,
): WeightTable {
  const layers = layersOf(tensors);
  const containers = new Map<string, StoredLayer[]>();
  for (const layer of layers) {
    if (layer.name !== undefined) continue;
    const inside = containers.get(layer.container);
    if (inside === undefined) containers.set(layer.container, [layer]);
    else inside.push(layer);
  }
  const orders = new Map<string, KerasOrder | undefined>();
  for (const [container, inside] of containers)
    orders.set(container, fits(order, inside) ? order : orderOf(inside));
  const table = new Map<string, NDArray<'float32'>>();
  for (const { container, kind, index, name: own, variables } of layers) {
    const layer = own ?? orders.get(container)?.[kind][index];
    if (layer === undefined) continue;
    const names = VARIABLES[kind](variables.size);
    for (const [number, array] of variables) {
      const weight = `${layer}/${names[number] ?? number}`;
      if (table.has(weight))
        throw new InputError(`${name}: two of its tensors are ${JSON.stringify(weight)}`);
      table.set(weight, array);
    }
  }
  if (table.size > 0) return numberedFromOne(table);
  throw new InputError(
    `${name}: Keras 3 numbers the layers in this file and does not name them, and their numbers are of none of VGG16, VGG19, InceptionV3, ResNet50 and Xception; save the whole model as name.keras, or the weights as safetensors with names like "conv2d_1/kernel"`,
  );
}

function layersOf(tensors: readonly Hdf5Tensor[]): StoredLayer[] {
  const layers = new Map<string, StoredLayer>();
  for (const { path, shape, data, layer } of tensors) {
    const [matched, container = '', kind = '', index = '0', number = ''] = VARIABLE.exec(path) ?? [];
    if (matched === undefined) continue;
    const key = path.slice(0, path.lastIndexOf('/'));
    const found = layers.get(key) ?? {
      container,
      kind: kind as KerasKind,
      index: Number(index),
      name: layer,
      variables: new Map<number, NDArray<'float32'>>(),
    };
    found.variables.set(Number(number), float32(data, shape));
    layers.set(key, found);
  }
  return [...layers.values()];
}

function countOf(layers: readonly StoredLayer[], kind: KerasKind): number {
  return new Set(layers.filter((layer) => layer.kind === kind).map(({ index }) => index)).size;
}

function fits(order: KerasOrder | undefined, layers: readonly StoredLayer[]): boolean {
  return (
    order !== undefined &&
    (Object.keys(VARIABLES) as KerasKind[]).every((kind) => order[kind].length === countOf(layers, kind))
  );
}

function orderOf(layers: readonly StoredLayer[]): KerasOrder | undefined {
  // The convolutions of VGG are a chain.
  const vgg: KerasOrder = {
    conv2d: vggConvolutions(countOf(layers, 'conv2d')).map(({ keras }) => keras),
    separable_conv2d: [],
    batch_normalization: [],
  };
  return [vgg, ...kerasOrders].find((order) => order.conv2d.length > 0 && fits(order, layers));
}
