import type { Tensor } from '../../../graph/tensor.ts';
import type { ImportedNode } from './imported-node.ts';

/**
 * Says an ONNX node in the engine's operators. The result means the same in every opset from 7 on; where the engine lacks
 * the operator it is composed of others, so that its gradient follows by itself.
 */
export type Translator = (node: ImportedNode) => Tensor | readonly Tensor[];

/** Translators by ONNX operator type. */
export type Translators = Readonly<Record<string, Translator>>;
