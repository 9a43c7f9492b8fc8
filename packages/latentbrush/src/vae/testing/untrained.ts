import { input, nn, Random } from '@latentbrush/engine';
import { decoder, encoder, type Architecture } from '../networks/network.ts';
import type { VaeModel } from '../model.ts';

/** A small architecture. */
export const small: Architecture = {
  kind: 'book',
  size: 8,
  channels: 1,
  latent: 2,
  filters: 4,
  boundedVariance: true,
};

/** A model with random weights; biases are not 0 either, so that all of them have an effect. */
export function untrained(architecture: Architecture = small, seed = 1): VaeModel {
  const { channels, size, latent } = architecture;
  const parameters = new nn.Parameters();
  encoder(parameters.scope('encoder'), input('pictures', [1, channels, size, size]), architecture);
  decoder(parameters.scope('decoder'), input('z', [1, latent]), architecture);
  const random = new Random(seed);
  const weights = parameters.initialize(random);
  for (const [name, { data }] of Object.entries(weights))
    if (name.endsWith('bias')) random.fillUniform(data as Float32Array, -0.2, 0.2);
  return { architecture, weights };
}
