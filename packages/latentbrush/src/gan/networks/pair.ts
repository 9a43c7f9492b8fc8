import { nn, type optim, type Tensor } from '@latentbrush/engine';
import { discriminator, generator, type Application, type Architecture } from './network.ts';

/** Weights of both networks together: names begin with `generator/` and `discriminator/`. */
export class Networks {
  readonly parameters = new nn.Parameters();
  readonly #architecture: Architecture;

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
  }

  generate(z: Tensor, labels: Tensor | undefined): Tensor {
    const scope = this.parameters.scope('generator');
    return generator(scope, z, this.#architecture, { training: true, labels });
  }

  judge(pictures: Tensor, application: Application): Tensor {
    return discriminator(this.parameters.scope('discriminator'), pictures, this.#architecture, application);
  }

  trained(network: 'generator' | 'discriminator'): optim.NamedTensors {
    const all = Object.entries(this.parameters.trainable());
    return Object.fromEntries(all.filter(([name]) => name.startsWith(`${network}/`)));
  }

  count(network: 'generator' | 'discriminator'): number {
    return this.parameters
      .list()
      .filter(({ name, trainable }) => trainable && name.startsWith(`${network}/`))
      .reduce((sum, { tensor }) => sum + tensor.shape.reduce((product, size) => product * size, 1), 0);
  }

  /** New values of a network's running means, recorded while its graph was built. */
  updates(network: 'generator' | 'discriminator'): Record<string, Tensor> {
    const all = Object.entries(this.parameters.updates);
    return Object.fromEntries(all.filter(([name]) => name.startsWith(`${network}/`)));
  }
}
