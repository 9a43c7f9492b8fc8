import { add, encodeOnnx, FREE_BATCH, Graph, mul, nn } from '@latentbrush/engine';
import { generatorOn, type GanModel } from './model.ts';

/** An ONNX file with the names of its inputs and outputs. */
export interface ExportedGenerator {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A trained generator as an ONNX file that any ONNX runtime loads. Input `z`, a point of the latent space drawn from the normal
 * distribution, float32 `[batch, latent]`; with classes also `labels`, float32 `[batch, classes]`, one-hot. Output `pictures`, float32
 * `[batch, channels, size, size]`, RGB or grey, 0 to 255; clip values slightly outside. The metadata contain the architecture and the names
 * of the classes as JSON.
 * @example
 * const { model } = await gan.load('runs/smileys');
 * const { inputs, outputs } = gan.exportOnnx(model);
 * console.log(inputs, outputs); // [ 'z' ] [ 'pictures' ]
 */
export function exportOnnx({ architecture, weights, classes, range }: GanModel): ExportedGenerator {
  const [black, white] = range;
  const values = generatorOn(nn.Parameters.frozen(weights), architecture, FREE_BATCH.size);
  const scale = 255 / (white - black);
  const graph = new Graph({ pictures: add(mul(values, scale), -black * scale) });
  const { size, latent } = architecture;
  const bytes = encodeOnnx(graph, {
    freeDimension: FREE_BATCH,
    description: `Latentbrush generator: pictures of ${size}x${size}, 0 to 255, from points of ${latent} dimensions`,
    metadata: { architecture: JSON.stringify(architecture), classes: JSON.stringify(classes) },
  });
  return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
}
