import { Graph, resolve } from './graph.ts';
import { applyOperator } from './operator.ts';
import type { Tensor } from './tensor.ts';

/**
 * A function that gives the same computations of other tensors. What several of its calls share is built once.
 * @param replacements what to compute with, in place of inputs
 */
export function inputReplacer(
  replacements: ReadonlyMap<Tensor, Tensor>,
): <Name extends string>(outputs: Readonly<Record<Name, Tensor>>) => Record<Name, Tensor> {
  const replaced = new Map(replacements);
  const current = (tensor: Tensor): Tensor => replaced.get(resolve(tensor)) ?? tensor;
  return <Name extends string>(outputs: Readonly<Record<Name, Tensor>>) => {
    const entries = Object.entries<Tensor>(outputs);
    const graph = new Graph(Object.fromEntries(entries.map(([, output], i) => [`:${i}`, output])));
    for (const node of graph.nodes) {
      if (node.outputs.some((output) => replaced.has(output))) continue;
      const inputs = node.inputs.map((input) => input && current(input));
      if (inputs.every((input, i) => input === node.inputs[i])) continue;
      applyOperator(node.operator, inputs, node.attributes).forEach((output, i) =>
        replaced.set(node.outputs[i]!, output),
      );
    }
    return Object.fromEntries(entries.map(([name, output]) => [name, current(output)])) as Record<
      Name,
      Tensor
    >;
  };
}
