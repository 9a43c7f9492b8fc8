import { encodeOnnx, Graph, input, InputError } from '@latentbrush/engine';
import { basename } from 'node:path';
import { SMALLEST_SIDE, styleGraph, type StyleModel } from './fast-model.ts';
import { architectureOf, TRANSFORMER_STRIDE } from './transformer.ts';

/** An ONNX file and what its inputs and outputs are called. */
export interface ExportedStyle {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A trained style as an ONNX file that any ONNX runtime loads. Input `pictures` and output `painted`, both float32
 * `[1, 3, height, width]`, RGB, 0 to 255. The size is fixed. The metadata hold the name of the style and the network's architecture.
 * @param size of the pictures: sides are multiples of {@link TRANSFORMER_STRIDE} and at least {@link SMALLEST_SIDE}
 * @throws InputError when the size is not
 */
export function exportOnnx(
  model: StyleModel,
  { height, width }: { readonly height: number; readonly width: number },
): ExportedStyle {
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < SMALLEST_SIDE || side % TRANSFORMER_STRIDE !== 0) {
      throw new InputError(
        `size: ${width}x${height} does not fit this network; both sides are multiples of ${TRANSFORMER_STRIDE}, at least ${SMALLEST_SIDE}`,
      );
    }
  }
  const graph = new Graph({ painted: styleGraph(model, input('pictures', [1, 3, height, width])) });
  const style = basename(model.style);
  const bytes = encodeOnnx(graph, {
    description: `Latentbrush style ${style}: RGB pictures of ${width}x${height}, 0 to 255, in and out`,
    metadata: { style, architecture: JSON.stringify(architectureOf(model.architecture)) },
  });
  return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
}
