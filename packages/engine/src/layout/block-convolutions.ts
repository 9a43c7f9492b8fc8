import { sameShape, sizeOf } from '../graph/dtype.ts';
import { Graph, resolve } from '../graph/graph.ts';
import { applyOperator, type Node } from '../graph/operator.ts';
import type { Tensor } from '../graph/tensor.ts';
import { Conv, ConvTranspose, type ConvolutionAttributes } from '../ops/convolution.ts';
import { blockedKernel } from './blocked-kernel.ts';
import { BlockedConv, BlockedConvRelu, reorderInput, reorderOutput } from './blocked-operators.ts';
import { hasPhases, transposedByPhases } from './transposed-phases.ts';

/*
 * ONNX Runtime computes convolutions up to twice as fast on pictures in blocks of 16 channels (8 without AVX-512):
 *
 *     plain     [batch, channels, height, width]            channel 0 of all pixels, channel 1 of all pixels, ...
 *     blocked   [batch, channels / 16, height, width, 16]   16 channels of pixel 0, of pixel 1, ...; the next 16 channels ...
 *
 * It changes the layout by itself where kernels are constants. In training they are not, so this pass does it. Operators of one element each
 * do not care for the layout, so chains of them stay blocked. docs/architecture.md has a picture.
 */

// With fewer results of each channel, a convolution gains less than the change of its kernel's layout costs.
const ENOUGH_POSITIONS = 512;

/** Operators that treat each element alone, with operands of the same shape or of one element. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Clip', 'Neg', 'Abs', 'Sqrt', 'Exp'],
  ...['Relu', 'LeakyRelu', 'HardSigmoid', 'Sigmoid', 'Tanh', 'Elu', 'Softplus', 'Identity'],
]);

const CHANNELS_LAST = '0,2,3,1';

/**
 * The convolutions of a graph that {@link blockConvolutions} would compute in blocks: those of computed kernels, and transposed ones. What depends only on
 * constants is folded by ONNX Runtime, which then blocks it by itself.
 * @param block channels of a block
 */
export function blockableConvolutions(graph: Graph, block: number): ReadonlySet<Node> {
  const variable = new Set<Node>();
  const found = new Set<Node>();
  const isVariable = ({ source }: Tensor): boolean =>
    source.kind === 'input' || (source.kind === 'node' && variable.has(source.node));
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input !== undefined && isVariable(resolve(input)))) variable.add(node);
    const [x, w] = node.inputs;
    const [y] = node.outputs;
    if (x?.rank !== 4 || w === undefined || y?.rank !== 4) continue;
    const large = sizeOf(y.shape) / y.dimension(1) >= ENOUGH_POSITIONS;
    // Transposed convolutions have no blocked form in ONNX Runtime, so those of constant kernels are done here, too.
    const fits = hasPhases(node, block) || (isConvolutionOfBlocks(node, block) && isVariable(resolve(w)));
    if (large && fits) found.add(node);
  }
  return found;
}

function isConvolutionOfBlocks({ operator, inputs: [, w], attributes }: Node, block: number): boolean {
  const [outputs = 1, inputs = 1, rows, columns] = w?.shape ?? [];
  // Kernels of one row, as Winograd's method has them, lose: 256 to 256 channels, 1x5, take a third longer in blocks.
  if (rows === 1 && columns !== 1) return false;
  const whole = outputs % block === 0 && (inputs % block === 0 || inputs < block);
  return operator === Conv && attributes.group === 1 && whole;
}

/**
 * The same computation with convolutions of computed kernels, and transposed convolutions with strides, in blocks of channels. Inputs and outputs stay as they are.
 * @param block channels of a block, as the runtime has them on its processor
 */
export function blockConvolutions(graph: Graph, block: number): Graph {
  const convolutions = blockableConvolutions(graph, block);
  return convolutions.size === 0 ? graph : new Rewriting(graph, convolutions, block).result();
}

class Rewriting {
  readonly #graph: Graph;
  readonly #convolutions: ReadonlySet<Node>;
  readonly #block: number;
  /** New values of the old tensors, in each of the layouts that something needs. */
  readonly #plain = new Map<Tensor, Tensor>();
  readonly #blocked = new Map<Tensor, Tensor>();
  readonly #kernels = new Map<Tensor, Tensor>();
  /** Convolutions that are computed together with the ReLU after them. */
  readonly #fused: ReadonlySet<Node>;

  constructor(graph: Graph, convolutions: ReadonlySet<Node>, block: number) {
    this.#graph = graph;
    this.#convolutions = convolutions;
    this.#block = block;
    this.#fused = convolutionsBeforeRelu(graph, convolutions);
  }

  result(): Graph {
    for (const node of this.#graph.nodes) this.#rewrite(node);
    return new Graph(
      Object.fromEntries([...this.#graph.outputs].map(([name, output]) => [name, this.#plainOf(output)])),
    );
  }

  #rewrite(node: Node): void {
    if (this.#fused.has(node)) return;
    const [y] = node.outputs;
    const blocked = this.#inBlocks(node);
    if (y !== undefined && blocked !== undefined) {
      this.#blocked.set(y, blocked);
      return;
    }
    const last = this.#channelsLast(node);
    if (y !== undefined && last !== undefined) {
      this.#plain.set(y, last);
      return;
    }
    const inputs = node.inputs.map((input) => input && this.#plainOf(input));
    applyOperator(node.operator, inputs, node.attributes).forEach((output, i) =>
      this.#plain.set(node.outputs[i]!, output),
    );
  }

  #inBlocks(node: Node): Tensor | undefined {
    if (this.#convolutions.has(node)) return this.#gains(node) ? this.#convolution(node, false) : undefined;
    const before = producerOf(node.inputs[0]);
    if (node.operator.type === 'Relu' && before !== undefined && this.#fused.has(before))
      return this.#convolution(before, true);
    const operands = ELEMENTWISE.has(node.operator.type) ? this.#blockedOperands(node) : undefined;
    return operands && applyOperator(node.operator, operands, node.attributes)[0];
  }

  // A convolution of single pixels gains less than two changes of layout cost.
  #gains(convolution: Node): boolean {
    return !isOfSinglePixels(convolution) || this.#blocked.has(resolve(convolution.inputs[0]!));
  }

  // A transposition to channels last is the change of layout itself.
  #channelsLast({ operator, inputs: [x], attributes }: Node): Tensor | undefined {
    const blocked = x && this.#blocked.get(resolve(x));
    return operator.type === 'Transpose' && String(attributes.perm) === CHANNELS_LAST && blocked !== undefined
      ? reorderOutput(blocked, x!.dimension(1), true)
      : undefined;
  }

  #convolution(node: Node, relu: boolean): Tensor {
    const { operator, inputs, attributes } = node;
    const [x, w, bias] = inputs as readonly [Tensor, Tensor, (Tensor | undefined)?];
    if (operator === ConvTranspose) {
      const plain = [this.#blockedOf(x), this.#plainOf(w), bias && this.#plainOf(bias)] as const;
      return transposedByPhases(node, plain, this.#block, relu);
    }
    const { strides, pads, dilations } = attributes as unknown as ConvolutionAttributes;
    // The kernels of ONNX Runtime read fewer channels than a block has in the plain layout.
    const picture = w.dimension(1) < this.#block ? this.#plainOf(x) : this.#blockedOf(x);
    const operands = [picture, this.#kernelOf(w), bias && this.#plainOf(bias)] as const;
    const window = { strides, pads, dilations, kernel_shape: w.shape.slice(2), group: 1 };
    return relu
      ? BlockedConvRelu.apply(operands, { ...window, activation: 'Relu' })
      : BlockedConv.apply(operands, window);
  }

  // The operands of an elementwise operator, if the blocked layout costs no more changes of layout than the plain one.
  #blockedOperands({ inputs, outputs: [y] }: Node): (Tensor | undefined)[] | undefined {
    if (y?.rank !== 4 || y.dimension(1) % this.#block !== 0) return undefined;
    const pictures = inputs.flatMap((input) =>
      input === undefined || sizeOf(input.shape) === 1 ? [] : [resolve(input)],
    );
    if (!pictures.every(({ shape }) => sameShape(shape, y.shape))) return undefined;
    const plainOnly = pictures.filter((picture) => !this.#blocked.has(picture)).length;
    const blockedOnly = pictures.filter((picture) => this.#isBlockedOnly(picture)).length;
    const isCheap = plainOnly === 0 || blockedOnly >= plainOnly;
    if (pictures.length === 0 || !isCheap) return undefined;
    return inputs.map(
      (input) => input && (sizeOf(input.shape) === 1 ? this.#plainOf(input) : this.#blockedOf(input)),
    );
  }

  #isBlockedOnly(old: Tensor): boolean {
    return old.source.kind === 'node' && this.#blocked.has(old) && !this.#plain.has(old);
  }

  #plainOf(tensor: Tensor): Tensor {
    const old = resolve(tensor);
    if (old.source.kind !== 'node') return old;
    const known = this.#plain.get(old);
    if (known !== undefined) return known;
    const blocked = this.#blocked.get(old);
    if (blocked === undefined) throw new Error(`${old.toString()} was not computed`);
    const plain = reorderOutput(blocked, old.dimension(1));
    this.#plain.set(old, plain);
    return plain;
  }

  #blockedOf(tensor: Tensor): Tensor {
    const old = resolve(tensor);
    const blocked = this.#blocked.get(old) ?? reorderInput(this.#plainOf(old), this.#block);
    this.#blocked.set(old, blocked);
    return blocked;
  }

  #kernelOf(tensor: Tensor): Tensor {
    const old = resolve(tensor);
    const kernel = this.#kernels.get(old) ?? blockedKernel(this.#plainOf(old), this.#block);
    this.#kernels.set(old, kernel);
    return kernel;
  }
}

function producerOf(tensor: Tensor | undefined): Node | undefined {
  const source = tensor && resolve(tensor).source;
  return source?.kind === 'node' ? source.node : undefined;
}

function isOfSinglePixels({ inputs: [, w] }: Node): boolean {
  return w !== undefined && sizeOf(w.shape.slice(2)) === 1;
}

function convolutionsBeforeRelu(graph: Graph, convolutions: ReadonlySet<Node>): ReadonlySet<Node> {
  const readers = new Map<Node, (Node | undefined)[]>();
  const read = (tensor: Tensor | undefined, by: Node | undefined): void => {
    const producer = producerOf(tensor);
    if (producer !== undefined && convolutions.has(producer))
      readers.set(producer, [...(readers.get(producer) ?? []), by]);
  };
  for (const node of graph.nodes) for (const input of node.inputs) read(input, node);
  for (const output of graph.outputs.values()) read(output, undefined);
  return new Set(
    [...readers]
      .filter(([node, by]) => !isOfSinglePixels(node) && by.length === 1 && by[0]?.operator.type === 'Relu')
      .map(([convolution]) => convolution),
  );
}
