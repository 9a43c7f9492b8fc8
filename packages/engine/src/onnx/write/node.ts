import { create } from '@bufbuild/protobuf';
import { Graph, resolve } from '../../graph/graph.ts';
import type { Node, OperatorBody } from '../../graph/operator.ts';
import type { Tensor } from '../../graph/tensor.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from '../schema/onnx_pb.ts';
import { encodeAttribute, encodeTensor, encodeValueInfo } from './messages.ts';
import { nameOf } from './names.ts';

/**
 * A node. @param names of all tensors so far, including its outputs @param read the tensors with readers: optional outputs without any are
 * left out @param fresh gives unused names, for the graph that an operator runs
 */
export function encodeNode(
  node: Node,
  names: ReadonlyMap<Tensor, string>,
  read: ReadonlySet<Tensor | undefined>,
  fresh: (stem: string) => string,
): NodeProto {
  const inputs = node.inputs.map((tensor) => (tensor === undefined ? '' : nameOf(names, resolve(tensor))));
  const { body } = node.operator;
  const shared = body === undefined ? [] : inputs.splice(inputs.length - body.shared.length);
  while (inputs.at(-1) === '') inputs.pop();
  const { requiredOutputs = node.outputs.length } = node.operator;
  const outputs = node.outputs.map((tensor, index) =>
    index < requiredOutputs || read.has(tensor) ? nameOf(names, tensor) : '',
  );
  while (outputs.at(-1) === '') outputs.pop();
  return create(NodeProtoSchema, {
    opType: node.operator.type,
    domain: node.operator.domain ?? '',
    name: outputs[0] ?? '',
    input: inputs,
    output: outputs,
    attribute: [
      ...Object.entries(node.operator.attributes).flatMap(([name, spec]) => {
        const value = node.attributes[name];
        return value === undefined ? [] : [encodeAttribute(name, spec, value)];
      }),
      ...(body === undefined ? [] : [encodeBody(body, shared, fresh)]),
    ],
  });
}

/**
 * The graph that an operator runs, as its attribute.
 * @param shared names, outside of it, of the values that it reads as they are
 * @param fresh gives names that nothing has: a body must not use a name of the graph around it for another value
 */
function encodeBody(
  { inputs, shared: standIns, outputs }: OperatorBody,
  shared: readonly string[],
  fresh: (stem: string) => string,
): AttributeProto {
  const graph = new Graph(Object.fromEntries(outputs.map((tensor, i) => [`output ${i}`, tensor])));
  const names = new Map<Tensor, string>();
  for (const tensor of inputs) names.set(tensor, fresh('slice'));
  for (const [i, tensor] of standIns.entries()) names.set(tensor, shared[i]!);
  const initializers: TensorProto[] = graph.constants.map((tensor) => {
    if (tensor.source.kind !== 'constant') throw new Error(`${tensor.toString()} is not a constant`);
    const name = fresh('constant');
    names.set(tensor, name);
    return encodeTensor(name, tensor.source.value);
  });
  const read = new Set<Tensor | undefined>([
    ...graph.nodes.flatMap((node) => node.inputs.map((tensor) => tensor && resolve(tensor))),
    ...outputs.map(resolve),
  ]);
  const nodes: NodeProto[] = [];
  for (const node of graph.nodes) {
    for (const output of node.outputs) names.set(output, fresh(node.operator.type));
    nodes.push(encodeNode(node, names, read, fresh));
  }
  const given = new Set<string>();
  const results = outputs.map((output) => {
    const tensor = resolve(output);
    let name = nameOf(names, tensor);
    // Each result has a name of its own, and none is an input.
    if (tensor.source.kind !== 'node' || given.has(name)) {
      const copy = fresh('Identity');
      nodes.push(create(NodeProtoSchema, { opType: 'Identity', name: copy, input: [name], output: [copy] }));
      name = copy;
    }
    given.add(name);
    return encodeValueInfo(name, tensor.dtype, tensor.shape);
  });
  return create(AttributeProtoSchema, {
    name: 'body',
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, {
      name: fresh('body'),
      node: nodes,
      initializer: initializers,
      input: inputs.map((tensor) => encodeValueInfo(nameOf(names, tensor), tensor.dtype, tensor.shape)),
      output: results,
    }),
  });
}
