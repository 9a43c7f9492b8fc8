import { create } from '@bufbuild/protobuf';
import { modelError } from '../file/model-error.ts';
import {
  AttributeProtoSchema,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
} from '../../schema/onnx_pb.ts';
import { nodeLabel, type NodeAttributes } from '../node/imported-node.ts';

/** Functions that a model defines from operators, by the name of the operator that calls them. */
export type ModelFunctions = ReadonlyMap<string, FunctionProto>;

/** @throws InputError when two functions have the same name */
export function functionsOf({ functions }: ModelProto): ModelFunctions {
  const table = new Map<string, FunctionProto>();
  for (const definition of functions) {
    const key = keyOf(definition.domain, definition.name, definition.overload);
    if (table.has(key)) throw modelError(`two of its functions are named "${definition.name}"`);
    table.set(key, definition);
  }
  return table;
}

/** The function that a node calls; `undefined` when it is an operator. */
export function calledFunction(node: NodeProto, functions: ModelFunctions): FunctionProto | undefined {
  return functions.get(keyOf(node.domain, node.opType, node.overload));
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

/**
 * The attributes of a node by name. Within a function, those that refer to the function's attributes get the values of the call, or are
 * left out if the call has none.
 * @param given the attributes of the function; `undefined` outside of functions
 * @throws InputError when a node outside a function refers to such attributes
 */
export function attributesOf(node: NodeProto, given: NodeAttributes | undefined): NodeAttributes {
  const attributes = new Map<string, NodeProto['attribute'][number]>();
  for (const attribute of node.attribute) {
    const { name, refAttrName } = attribute;
    if (refAttrName === '') {
      attributes.set(name, attribute);
      continue;
    }
    if (given === undefined) throw modelError(`${nodeLabel(node)} refers to attributes of a function`);
    const value = given.get(refAttrName);
    if (value !== undefined) attributes.set(name, create(AttributeProtoSchema, { ...fieldsOf(value), name }));
  }
  return attributes;
}

/** The attributes of a function: those of the call, and defaults for missing ones. */
export function callAttributes(definition: FunctionProto, call: NodeAttributes): NodeAttributes {
  const attributes = new Map(definition.attributeProto.map((byDefault) => [byDefault.name, byDefault]));
  for (const [name, value] of call) attributes.set(name, value);
  return attributes;
}

// The fields are named one by one: omitted fields of a message are on its prototype, which a spread would not copy.
function fieldsOf({
  type,
  f,
  i,
  s,
  t,
  g,
  floats,
  ints,
  strings,
  tensors,
  graphs,
}: NodeProto['attribute'][number]) {
  return {
    ...{ type, f, i, s, floats, ints, strings, tensors, graphs },
    ...(t === undefined ? {} : { t }),
    ...(g === undefined ? {} : { g }),
  };
}
