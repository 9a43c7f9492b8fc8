import type { Tensor } from '../../../graph/tensor.ts';
import type { ImportedNode } from './imported-node.ts';

/**
 * Translates an ONNX node into the engine's operators. The result is the same in every opset from 7 on. An unsupported operator is composed
 * of others, so its gradient needs no rule.
 */
export type Translator = (node: ImportedNode) => Tensor | readonly Tensor[];

/** Translators by ONNX operator type. */
export type Translators = Readonly<Record<string, Translator>>;
