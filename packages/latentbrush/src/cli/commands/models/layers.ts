import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import type { LayerInfo } from '../../../pretrained/backbones/backbone.ts';
import { describeLayers, outputSizes } from '../../../pretrained/backbones/keras/architecture.ts';
import { backboneNamed } from '../../../pretrained/backbones/catalogue.ts';
import { isOnnxPath, onnxBackbone } from '../../../pretrained/backbones/onnx/onnx-backbone.ts';
import { noLayers } from '../../../pretrained/backbones/onnx/unusable.ts';
import { parseSize } from '../../../image/index.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { table } from '../../terminal/table.ts';

/** `latentbrush models layers`. */
export function modelsLayersCommand(): Command {
  const command = new Command('layers')
    .description('List the layers of a network with their receptive fields and output shapes.')
    .argument('<name>', 'embedded, inception_v3, resnet50, xception, vgg16, vgg19, or an .onnx file')
    .option('--size <WIDTHxHEIGHT>', 'also show the size of each output for a picture of this size');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (name: string, given: OutputOptions & { readonly size?: string }) => {
    const output = new Output(given);
    const size = given.size === undefined ? undefined : parseSize(given.size, '--size');
    const { layers, sizes } = await describe(name, size);
    const rows = layers.map((layer) => {
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
        receptiveField ?? '?',
        ...(size ? [(shape && `${shape[1]}x${shape[0]}`) ?? 'too small'] : []),
      ];
    });
    const head = ['name', 'kind', 'channels', 'stride', 'receptive field'];
    output.text(table(size ? [...head, `output for ${size.width}x${size.height}`] : head, rows));
  });
}

/** The layers of a network and, if known without running it, the sizes [height, width] of their outputs. */
async function describe(
  name: string,
  size: { readonly height: number; readonly width: number } | undefined,
): Promise<{
  layers: readonly LayerInfo[];
  sizes: ReadonlyMap<string, readonly [number, number]> | undefined;
}> {
  if (isOnnxPath(name)) {
    if (size !== undefined)
      throw new InputError(`--size: works only for networks known by name; leave it out for ${name}`);
    const { layers, unusable } = await onnxBackbone(name);
    if (layers.length === 0) throw noLayers(name, unusable);
    return { layers, sizes: undefined };
  }
  const architecture = backboneNamed(name).architecture();
  return {
    layers: describeLayers(architecture),
    sizes: size && outputSizes(architecture, size.height, size.width),
  };
}
