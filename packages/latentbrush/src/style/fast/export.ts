import { encodeOnnx, FREE_BATCH, Graph, input, InputError } from '@latentbrush/engine';
import { basename } from 'node:path';
import { SMALLEST_SIDE, styleGraph, type StyleModel } from './model.ts';
import { freeNoise } from './stroke-noise.ts';
import { architectureOf, TRANSFORMER_STRIDE } from './network.ts';

/** An ONNX file with the names of its inputs and outputs. */
export interface ExportedStyle {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A trained style as an ONNX file that any ONNX runtime loads. Input `pictures` and output `painted`, both float32
 * `[batch, 3, height, width]`, RGB, 0 to 255. The number of pictures is free, their size fixed. The metadata contain the name of the style
 * and the network's architecture.
 * @param size of the pictures: sides are multiples of {@link TRANSFORMER_STRIDE} and at least {@link SMALLEST_SIDE}
 * @throws InputError when the size is not
 * @example
 * const { model } = await style.load('runs/wave');
 * const { inputs, outputs } = style.exportOnnx(model, { height: 480, width: 640 });
 * console.log(inputs, outputs); // [ 'pictures' ] [ 'painted' ]
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
  const pictures = input('pictures', [FREE_BATCH.size, 3, height, width]);
  const graph = new Graph({
    painted: styleGraph(model, pictures, freeNoise(model.architecture.noise, pictures)),
  });
  const style = basename(model.style);
  const bytes = encodeOnnx(graph, {
    freeDimension: FREE_BATCH,
    description: `Latentbrush style ${style}: RGB pictures of ${width}x${height}, 0 to 255, in and out`,
    metadata: { style, architecture: JSON.stringify(architectureOf(model.architecture)) },
  });
  return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
}
