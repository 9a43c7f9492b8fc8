import { listOnnxInputs } from '@latentbrush/engine';
import { backboneOfOnnx } from '../../../pretrained/backbones/onnx/onnx-backbone.ts';
import { readOnnxFile } from '../../../pretrained/weights/formats/onnx-file.ts';
import { megabytes } from '../../terminal/megabytes.ts';
import type { Output } from '../../terminal/output.ts';

/**
 * Shows the facts about the network in an .onnx file. Its origin and licence are unknown.
 * @throws InputError when its input is no picture
 */
export async function showOnnxInfo(path: string, output: Output): Promise<void> {
  const file = await readOnnxFile(path);
  const { layers } = backboneOfOnnx(file, path);
  const inputs = listOnnxInputs(file.bytes);
  const size = [file.bytes, ...file.externalFiles.values()].reduce((sum, { length }) => sum + length, 0);
  const [first, last] = [layers[0]?.name ?? null, layers.at(-1)?.name ?? null];
  output.event({ type: 'model', file: path, size, inputs, layers: layers.length, end: last });
  const shapes = inputs.map(({ name, dtype, dimensions }) => {
    const sizes = dimensions?.map((size) => (size === '' ? '?' : size)).join(', ') ?? '?';
    return `${name}: ${dtype} [${sizes}]`;
  });
  const usable = first === null ? 'no usable layers' : `${layers.length} usable, from ${first} to ${last}`;
  const lines: [string, string][] = [
    ['size', megabytes(size)],
    ['input', shapes.join(', ')],
    ['layers', usable],
    ['picture', 'given by --preprocessing (default: imagenet)'],
  ];
  output.text(`${path}\n${lines.map(([key, value]) => `  ${key.padEnd(8)}  ${value}\n`).join('')}`);
}
