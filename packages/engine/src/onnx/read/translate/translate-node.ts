import { InputError, ShapeError } from '../../../errors.ts';
import { formatShape, sizeOf } from '../../../graph/dtype.ts';
import { applyOperator } from '../../../graph/operator.ts';
import { constant, Tensor } from '../../../graph/tensor.ts';
import { operators } from '../../../ops/registry.ts';
import { modelError } from '../file/model-error.ts';
import type { NodeProto } from '../../schema/onnx_pb.ts';
import { toHostArray, toNDArray, type HostArray } from '../node/host-array.ts';
import { rearranged } from '../folding/host-layouts.ts';
import { hostOperators } from '../folding/host-operators.ts';
import { numbersWithinType, resultType, withinType } from '../normalize/result-types.ts';
import { ImportedNode, nodeLabel, type ImportedValue, type NodeAttributes } from '../node/imported-node.ts';
import { alignedInputs, broadcastAttributes } from '../normalize/legacy-broadcasts.ts';
import { translators } from './translators.ts';

/** No machine can hold larger values. */
const MAX_ELEMENTS = 2 ** 33;

/** The limits of decoding, so that no file can keep it busy for long. */
export interface ImportBudget {
  /** How many numbers can still be computed. */
  elements: number;
  /** How many nodes can still be translated: functions that call functions can create many nodes from few. */
  nodes: number;
}

/**
 * Translates one node of a model file into the engine's operators.
 * @param inputs its inputs; `undefined` for omitted ones
 * @returns a value for each output that the node names
 * @throws InputError naming the node and its operator, when the operator is unsupported, or wrong for its inputs
 */
export function translateNode(
  proto: NodeProto,
  opset: number,
  attributes: NodeAttributes,
  given: readonly (ImportedValue | undefined)[],
  budget: ImportBudget,
): readonly ImportedValue[] {
  refuseUnsupported(proto);
  const inputs = opset < 7 ? alignedInputs(proto, attributes, given) : given;
  const node = new ImportedNode(proto, opset, attributes, inputs);
  if (opset < 7) node.ignore(...broadcastAttributes(proto));
  const hosts = withinBudget(inputs, budget) ? node.hosts : undefined;
  const computed = hosts && computeOnHost(node, hosts);
  const outputs = translateOrCompute(node, proto, computed);
  node.refuseUnusedAttributes();
  if (outputs.length < proto.output.length) {
    node.fail(`has ${proto.output.length} outputs, expected at most ${outputs.length}`);
  }
  const known = new Map<Tensor, HostArray>();
  for (const value of inputs) if (value?.host !== undefined) known.set(value.tensor, value.host);
  return outputs.slice(0, proto.output.length).map((tensor, index) => {
    if (sizeOf(tensor.shape) > MAX_ELEMENTS)
      node.fail(`computes the enormous shape ${formatShape(tensor.shape)}`);
    const elementType = resultType(node, index, tensor.dtype);
    const numbers = tensor.source.kind === 'constant' ? toHostArray(tensor.source.value) : computed?.[index];
    const exact = numbers && numbersWithinType(numbers, elementType);
    if (exact !== undefined && (exact !== numbers || tensor.dtype === 'int64'))
      return { tensor: constant(toNDArray(exact)), host: exact, elementType };
    if (tensor.source.kind === 'constant') return { tensor, host: numbers, elementType };
    const host = numbers ?? (hosts && rearranged(tensor, known));
    return { tensor: withinType(node, tensor, elementType), host, elementType };
  });
}

function refuseUnsupported(proto: NodeProto): void {
  const { attribute, domain, opType } = proto;
  const refuse = (reason: string): never => {
    throw modelError(`${nodeLabel(proto)} ${reason}`);
  };
  if (domain !== '' && domain !== 'ai.onnx' && !translators.has(`${domain}:${opType}`)) {
    refuse(
      `uses operator ${opType} of "${domain}", which is not one of ONNX's own; export with standard operators`,
    );
  }
  if (attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0)) {
    refuse(`contains graphs; export the model without control flow`);
  }
  if (/^(Sequence|Optional)|(ToSequence|FromSequence)$/.test(opType))
    refuse('works on sequences; only tensors are supported');
}

function withinBudget(inputs: readonly (ImportedValue | undefined)[], budget: ImportBudget): boolean {
  budget.elements -= inputs.reduce((sum, value) => sum + (value?.host?.data.length ?? 0), 1);
  return budget.elements > 0;
}

// If a node cannot be computed here, the translator handles it and reports what is wrong.
function computeOnHost(node: ImportedNode, hosts: readonly HostArray[]): readonly HostArray[] | undefined {
  try {
    const computed = hostOperators.get(node.type)?.(hosts, node);
    return computed && ('data' in computed ? [computed] : computed);
  } catch {
    return undefined;
  }
}

// The engine's operators are stricter than ONNX's (only float32, for instance). Known numbers replace those it refuses.
function translateOrCompute(
  node: ImportedNode,
  proto: NodeProto,
  computed: readonly HostArray[] | undefined,
): readonly Tensor[] {
  try {
    return translate(node, proto);
  } catch (error) {
    if (computed !== undefined) return computed.map((numbers) => constant(toNDArray(numbers)));
    if (error instanceof InputError) throw error;
    const reason = error instanceof ShapeError ? error.message : 'an input is missing or of the wrong kind';
    throw modelError(`${nodeLabel(proto)} does not fit its inputs: ${reason}`, error);
  }
}

function translate(node: ImportedNode, proto: NodeProto): readonly Tensor[] {
  const translator = translators.get(node.domain === '' ? node.type : `${node.domain}:${node.type}`);
  if (translator !== undefined) {
    const result = translator(node);
    return result instanceof Tensor ? [result] : result;
  }
  const operator = operators.get(node.type);
  if (operator !== undefined)
    return applyOperator(operator, node.tensors, node.attributesFor(operator.attributes));
  return hostOperators.has(node.type)
    ? node.fail(
        'computes with the data of a picture, which the engine can only do with numbers known in advance',
      )
    : node.fail(`uses operator ${proto.opType}, which the engine does not have`);
}
