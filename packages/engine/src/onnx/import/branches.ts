import { constant } from '../../graph/tensor.ts';
import { modelError } from '../model-error.ts';
import type { GraphProto, NodeProto } from '../onnx_pb.ts';
import { decodeTensor } from '../tensor-proto.ts';
import { toHostArray } from './host-array.ts';
import { nodeLabel, type ImportedValue } from './imported-node.ts';
import { translateNode, type HostBudget } from './translate-node.ts';

/** What the nodes of one model file have in common. */
export interface ImportContext {
  readonly opset: number;
  readonly budget: HostBudget;
}

/** Finds a value by its name, for the node that uses it; throws an InputError when it cannot be had. */
export type Lookup = (name: string, user: NodeProto) => ImportedValue;

/**
 * Translates a node, or all nodes of the branch that an If chooses. Exporters write an If where it depends on a size what is
 * to be done; as sizes are fixed, the choice is known. (PyTorch does so for squeeze().)
 * @throws InputError as {@link translateNode}, or when the choice depends on the data
 */
export function translateAny(
  proto: NodeProto,
  context: ImportContext,
  lookup: Lookup,
): readonly ImportedValue[] {
  const inputs = proto.input.map((name) => (name === '' ? undefined : lookup(name, proto)));
  const isIf = proto.opType === 'If' && (proto.domain === '' || proto.domain === 'ai.onnx');
  if (!isIf) return translateNode(proto, context.opset, inputs, context.budget);
  const condition = inputs[0]?.host?.data[0];
  if (condition === undefined) {
    throw modelError(`${nodeLabel(proto)} chooses what to do by the data of a picture; export without it`);
  }
  const wanted = condition === 0 ? 'else_branch' : 'then_branch';
  const branch = proto.attribute.find(({ name }) => name === wanted)?.g;
  if (branch === undefined) throw modelError(`${nodeLabel(proto)} lacks its ${wanted}`);
  const values = branchValues(branch, context, lookup);
  if (values.length < proto.output.length) {
    throw modelError(`${nodeLabel(proto)} has ${proto.output.length} outputs, its branch ${values.length}`);
  }
  return values.slice(0, proto.output.length);
}

// A branch sees the values of the graph around it.
function branchValues(branch: GraphProto, context: ImportContext, outer: Lookup): ImportedValue[] {
  const values = new Map<string, ImportedValue>();
  for (const proto of branch.initializer) {
    const array = decodeTensor(proto);
    values.set(proto.name, { tensor: constant(array), host: toHostArray(array) });
  }
  const lookup: Lookup = (name, user) => values.get(name) ?? outer(name, user);
  let last: NodeProto | undefined;
  for (const node of branch.node) {
    last = node;
    translateAny(node, context, lookup).forEach((value, index) => {
      const name = node.output[index] ?? '';
      if (name !== '') values.set(name, value);
    });
  }
  return branch.output.map(({ name }) => {
    const value = values.get(name) ?? (last && outer(name, last));
    if (value === undefined) throw modelError(`a branch gives "${name}", which nothing computes`);
    return value;
  });
}

/** The names of all values that a node uses, also from within the graphs it holds. */
export function usedNames(node: NodeProto): string[] {
  const inner = node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
  return [
    ...node.input,
    ...inner.flatMap((graph) => [...graph.node.flatMap(usedNames), ...graph.output.map(({ name }) => name)]),
  ];
}
