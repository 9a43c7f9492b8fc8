import { modelError } from '../file/model-error.ts';
import type { FunctionProto, GraphProto, NodeProto, TensorProto } from '../../schema/onnx_pb.ts';
import { attributesOf, callAttributes, calledFunction, type ModelFunctions } from './functions.ts';
import { nodeLabel, type ImportedValue, type NodeAttributes } from '../node/imported-node.ts';
import { storedValue } from '../node/stored-value.ts';
import { translateNode, type ImportBudget } from './translate-node.ts';

/** The shared context of the nodes of one model file. */
export interface ImportContext {
  readonly opset: number;
  readonly functions: ModelFunctions;
  readonly budget: ImportBudget;
  /** In a function, the attributes of the call. */
  readonly attributes?: NodeAttributes;
  /** How many functions and branches contain the node. */
  readonly depth: number;
}

/** Finds a value by its name, for the node that uses it. Throws an InputError when the value cannot be decoded. */
export type Lookup = (name: string, user: NodeProto) => ImportedValue | undefined;

/** No exporter nests functions deeper than this. A function that calls itself also reaches this depth. */
const MAX_DEPTH = 64;

/**
 * Translates a node, all nodes of the function that it calls, or all nodes of the branch that an If chooses. Exporters write an If when the
 * computation depends on a size. Sizes are fixed here, so the choice is known. (PyTorch does so for squeeze().)
 * @throws InputError as {@link translateNode}, or when the choice depends on the data
 */
export function translateAny(
  proto: NodeProto,
  context: ImportContext,
  lookup: Lookup,
): readonly ImportedValue[] {
  const inputs = proto.input.map((name) => (name === '' ? undefined : lookup(name, proto)));
  context.budget.nodes -= 1;
  if (context.budget.nodes < 0 || context.depth > MAX_DEPTH) {
    throw modelError(`${nodeLabel(proto)} is part of functions that call each other without end`);
  }
  const attributes = attributesOf(proto, context.attributes);
  const definition = calledFunction(proto, context.functions);
  if (definition !== undefined)
    return expected(proto, functionValues(definition, inputs, attributes, context));
  const isIf = proto.opType === 'If' && (proto.domain === '' || proto.domain === 'ai.onnx');
  if (!isIf) return translateNode(proto, context.opset, attributes, inputs, context.budget);
  const condition = inputs[0]?.host?.data[0];
  if (condition === undefined) {
    throw modelError(`${nodeLabel(proto)} chooses what to do by the data of a picture; export without it`);
  }
  const wanted = condition === 0 ? 'else_branch' : 'then_branch';
  const branch = attributes.get(wanted)?.g;
  if (branch === undefined) throw modelError(`${nodeLabel(proto)} lacks its ${wanted}`);
  return expected(proto, branchValues(branch, { ...context, depth: context.depth + 1 }, lookup));
}

function expected(proto: NodeProto, values: readonly ImportedValue[]): readonly ImportedValue[] {
  if (values.length < proto.output.length) {
    throw modelError(
      `${nodeLabel(proto)} has ${proto.output.length} outputs, but its body has ${values.length}`,
    );
  }
  return values.slice(0, proto.output.length);
}

// A branch can use the values of the graph around it.
function branchValues({ node, initializer, output }: GraphProto, context: ImportContext, outer: Lookup) {
  const stored = new Map(initializer.map((proto): [string, TensorProto] => [proto.name, proto]));
  return bodyValues(
    node,
    output.map(({ name }) => name),
    context,
    (name, user) => {
      const proto = stored.get(name);
      return proto === undefined ? outer(name, user) : storedValue(proto);
    },
  );
}

// A function can use only its inputs. It names its own opset.
function functionValues(
  definition: FunctionProto,
  inputs: readonly (ImportedValue | undefined)[],
  attributes: NodeAttributes,
  context: ImportContext,
) {
  const given = new Map(definition.input.map((name, index) => [name, inputs[index]]));
  const opset = definition.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const inner = {
    ...context,
    opset: opset === undefined ? context.opset : Number(opset.version),
    attributes: callAttributes(definition, attributes),
    depth: context.depth + 1,
  };
  return bodyValues(definition.node, definition.output, inner, (name, user) => {
    if (!given.has(name)) {
      throw modelError(
        `${nodeLabel(user)} uses "${name}", which its function "${definition.name}" does not have`,
      );
    }
    return given.get(name);
  });
}

// Translates the nodes that the requested values need, in order.
function bodyValues(
  nodes: readonly NodeProto[],
  wanted: readonly string[],
  context: ImportContext,
  outer: Lookup,
): ImportedValue[] {
  const values = new Map<string, ImportedValue>();
  const needed = new Set(wanted);
  const chosen = [...nodes]
    .reverse()
    .filter((node) => {
      if (!node.output.some((name) => name !== '' && needed.has(name))) return false;
      for (const name of usedNames(node)) needed.add(name);
      return true;
    })
    .reverse();
  const lookup: Lookup = (name, user) => values.get(name) ?? outer(name, user);
  for (const node of chosen) {
    translateAny(node, context, lookup).forEach((value, index) => {
      const name = node.output[index] ?? '';
      if (name !== '') values.set(name, value);
    });
  }
  return wanted.map((name) => {
    const last = chosen.at(-1) ?? nodes.at(-1);
    const value = values.get(name) ?? (last && outer(name, last));
    if (value === undefined) throw modelError(`a part of it gives "${name}", which nothing computes`);
    return value;
  });
}

/** The names of all values that a node uses, also inside its graphs. */
export function usedNames(node: NodeProto): string[] {
  const inner = node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
  return [
    ...node.input,
    ...inner.flatMap((graph) => [...graph.node.flatMap(usedNames), ...graph.output.map(({ name }) => name)]),
  ];
}
