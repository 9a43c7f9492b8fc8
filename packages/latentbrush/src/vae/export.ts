import { encodeOnnx, FREE_BATCH, Graph, input, nn, sigmoid, type Tensor } from '@latentbrush/engine';
import { decoder, encoder } from './networks/network.ts';
import type { VaeModel } from './model.ts';

/** An ONNX file with the names of its inputs and outputs. */
export interface ExportedNetwork {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The two networks of a VAE as ONNX files that any ONNX runtime loads. They accept any number of pictures or points at once; all float32.
 *
 * - `encoder`: input `pictures` `[batch, channels, size, size]`, 0 to 1; outputs `mean` and `log_var` `[batch, latent]`, of the picture's
 *   normal distribution in the latent space.
 * - `decoder`: input `z` `[batch, latent]`; output `pictures` `[batch, channels, size, size]`, 0 to 1.
 *
 * The metadata of both contain the architecture as JSON.
 * @example
 * const { model } = await vae.load('runs/faces');
 * const { decoder } = vae.exportOnnx(model);
 * console.log(decoder.inputs, decoder.outputs); // [ 'z' ] [ 'pictures' ]
 */
export function exportOnnx({
  architecture,
  weights,
}: VaeModel): Readonly<Record<'encoder' | 'decoder', ExportedNetwork>> {
  const { channels, size, latent } = architecture;
  const form = `${channels === 1 ? 'grey' : 'RGB'} pictures of ${size}x${size}, 0 to 1`;
  const file = (description: string, outputs: Readonly<Record<string, Tensor>>): ExportedNetwork => {
    const graph = new Graph(outputs);
    const bytes = encodeOnnx(graph, {
      freeDimension: FREE_BATCH,
      description: `Latentbrush VAE, ${description}`,
      metadata: { architecture: JSON.stringify(architecture) },
    });
    return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
  };
  const frozen = nn.Parameters.frozen(weights);
  const pictures = input('pictures', [FREE_BATCH.size, channels, size, size]);
  const { mean, logVar } = encoder(frozen.scope('encoder'), pictures, architecture);
  const logits = decoder(frozen.scope('decoder'), input('z', [FREE_BATCH.size, latent]), architecture);
  return {
    encoder: file(`encoder: ${form}, to ${latent} dimensions`, { mean, log_var: logVar }),
    decoder: file(`decoder: ${latent} dimensions to ${form}`, { pictures: sigmoid(logits) }),
  };
}
