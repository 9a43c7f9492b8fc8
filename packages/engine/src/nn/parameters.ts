import { InputError, ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import type { Random } from '../random.ts';
import type { Initializer } from './initializers.ts';

/** One weight of a network: a graph input (trained) or a constant (frozen). */
export interface Parameter {
  /** Path in the tree of layers, for example `lstm/recurrent_kernel`. */
  readonly name: string;
  readonly tensor: Tensor;
  /** Whether an optimiser changes it; moving averages are not trained. */
  readonly trainable: boolean;
  readonly initializer: Initializer;
}

interface Registry {
  readonly parameters: Map<string, Parameter>;
  readonly updates: Map<string, Tensor>;
  readonly frozen: Readonly<Record<string, NDArray>> | undefined;
}

/**
 * The weights of a network as a tree of names. Layers request theirs while the graph is built. The same name twice gives the same tensor,
 * so a network that is applied twice shares its weights.
 *
 * With `new Parameters()` weights are graph inputs, to be trained and fed; `Parameters.frozen(values)` makes them
 * constants, which ONNX Runtime can prepare in advance.
 */
export class Parameters {
  readonly #registry: Registry;
  readonly #path: string;

  constructor(registry?: Registry, path = '') {
    this.#registry = registry ?? { parameters: new Map(), updates: new Map(), frozen: undefined };
    this.#path = path;
  }

  /** Weights that are constants of the graph, for inference. */
  static frozen(values: Readonly<Record<string, NDArray>>): Parameters {
    return new Parameters({ parameters: new Map(), updates: new Map(), frozen: values });
  }

  /** The branch of the tree that belongs to a layer. */
  scope(name: string): Parameters {
    return new Parameters(this.#registry, `${this.#path}${name}/`);
  }

  /**
   * The weight of a given name in this branch, made on first use.
   * @throws InputError when the frozen values have no such weight
   * @throws ShapeError when it exists with another shape
   */
  get(name: string, shape: Shape, initializer: Initializer, { trainable = true } = {}): Tensor {
    const path = this.#path + name;
    const { parameters, frozen } = this.#registry;
    const known = parameters.get(path);
    const tensor =
      known?.tensor ?? (frozen === undefined ? input(path, shape) : constant(frozenValue(frozen, path)));
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(
        `parameter "${path}" has shape ${formatShape(tensor.shape)}, the layer needs ${formatShape(shape)}`,
      );
    }
    if (known === undefined) parameters.set(path, { name: path, tensor, trainable, initializer });
    return tensor;
  }

  /** Stores the new value of a weight that the training step itself computes, such as a moving average. */
  update(name: string, value: Tensor): void {
    this.#registry.updates.set(this.#path + name, value);
  }

  /** New values stored by {@link update}, by name. */
  get updates(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(this.#registry.updates);
  }

  /** All weights requested so far, in that order. */
  list(): Parameter[] {
    return [...this.#registry.parameters.values()];
  }

  /** The tensors of the trained weights, by name. */
  trainable(): Record<string, Tensor> {
    const trained = this.list().filter(({ trainable }) => trainable);
    return Object.fromEntries(trained.map(({ name, tensor }) => [name, tensor]));
  }

  /** Number of elements of all weights. */
  count(): number {
    return this.list().reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0);
  }

  /** Draws initial values. Each weight has its own stream, so adding a layer does not change the others. */
  initialize(random: Random): Record<string, NDArray> {
    return Object.fromEntries(
      this.list().map(({ name, tensor, initializer }) => [
        name,
        float32(initializer(tensor.shape, random.fork(name)), tensor.shape),
      ]),
    );
  }
}

function frozenValue(values: Readonly<Record<string, NDArray>>, name: string): NDArray {
  const value = values[name];
  if (value === undefined) throw new InputError(`the weights have no "${name}"; they are of another network`);
  return value;
}
