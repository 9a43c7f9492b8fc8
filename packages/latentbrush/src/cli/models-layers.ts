import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { describeLayers, outputSizes } from '../backbones/architecture.ts';
import { backboneNamed } from '../backbones/catalogue.ts';
import { Output, type OutputOptions } from './output.ts';
import { outputOptions, unusedSeedOption } from './shared-options.ts';
import { table } from './table.ts';

/** `latentbrush models layers`. */
export function modelsLayersCommand(): Command {
  const command = new Command('layers')
    .description('List the layers of a network: what each sees of a picture, and the shape of what it gives.')
    .argument('<name>', 'embedded, inception_v3, vgg16, vgg19')
    .option('--size <HxW>', 'show also the size of each output for a picture of this height and width');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action((name: string, given: OutputOptions & { readonly size?: string }) => {
    const output = new Output(given);
    const architecture = backboneNamed(name).architecture();
    const size = given.size === undefined ? undefined : parseSize(given.size);
    const sizes = size && outputSizes(architecture, ...size);
    const rows = describeLayers(architecture).map((layer) => {
      const fit = sizes?.get(layer.name);
      const shape = fit === undefined || Math.min(...fit) < 1 ? null : fit;
      output.event({
        type: 'layer',
        ...layer,
        ...(size && { height: shape?.[0] ?? null, width: shape?.[1] ?? null }),
      });
      const { name: title, kind, channels, stride, receptiveField } = layer;
      return [
        title,
        kind,
        channels,
        stride,
        receptiveField,
        ...(size ? [shape?.join('x') ?? 'too small'] : []),
      ];
    });
    const head = ['name', 'kind', 'channels', 'stride', 'receptive field'];
    output.text(table(size ? [...head, `output for ${size.join('x')}`] : head, rows));
  });
}

/** @throws InputError when the text is not two sizes in pixels */
function parseSize(text: string): readonly [number, number] {
  const [, height, width] = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/i.exec(text) ?? [];
  if (height === undefined || width === undefined) {
    throw new InputError(`--size: "${text}" is not a height and a width in pixels such as 400x600`);
  }
  return [Number(height), Number(width)];
}
