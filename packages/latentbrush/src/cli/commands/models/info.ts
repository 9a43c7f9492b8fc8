import { Command } from 'commander';
import { describeLayers } from '../../../pretrained/backbones/keras/architecture.ts';
import { backboneNamed } from '../../../pretrained/backbones/catalogue.ts';
import { isOnnxPath } from '../../../pretrained/backbones/onnx/onnx-backbone.ts';
import { preprocessings } from '../../../pretrained/backbones/preprocessing.ts';
import { megabytes } from '../../terminal/megabytes.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { weightsFlags, type SourceFlags } from '../../options/source-flags.ts';
import { showOnnxInfo } from './onnx-info.ts';
import { describeState, weightsState } from './weights-state.ts';

/** `latentbrush models info`. */
export function modelsInfoCommand(): Command {
  const command = new Command('info')
    .description('Show what a network is, where its weights come from, and their licence.')
    .argument('<name>', 'embedded, inception_v3, resnet50, xception, vgg16, vgg19, or an .onnx file');
  weightsFlags(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (name: string, given: OutputOptions & SourceFlags) => {
    const output = new Output(given);
    if (isOnnxPath(name)) await showOnnxInfo(name, output);
    else await showKnownNetwork(name, given, output);
  });
}

async function showKnownNetwork(name: string, given: SourceFlags, output: Output): Promise<void> {
  const entry = backboneNamed(name);
  const { architecture, weights, ...about } = entry;
  const layers = describeLayers(architecture());
  const found = await weightsState(entry, given);
  const { mean, scale, bgr } = preprocessings[about.preprocessing];
  output.event({
    type: 'model',
    ...pick(about),
    preprocessing: { name: about.preprocessing, mean, scale, bgr },
    layers: layers.length,
    url: weights?.url ?? null,
    md5: weights?.md5 ?? null,
    size: weights?.size ?? null,
    ...found,
  });
  const lines: [string, string][] = [
    ['network', about.title],
    ['paper', about.paper],
    ['licence', about.licence],
    ['layers', `${layers.length}, the last is ${about.end}`],
    ['picture', `(RGB - [${mean.join(', ')}]) / [${scale.join(', ')}]${bgr ? ', read as BGR' : ''}`],
    ['weights', describeState(entry, found)],
  ];
  if (weights !== null) {
    lines.push(['source', weights.url], ['size', megabytes(weights.size)], ['MD5', weights.md5]);
  }
  output.text(`${about.name}\n${lines.map(([key, value]) => `  ${key.padEnd(8)}  ${value}\n`).join('')}`);
  if (found.problem !== undefined) output.text(`\n${found.problem}\n`);
}

function pick({
  name,
  title,
  paper,
  licence,
  end,
}: Record<'name' | 'title' | 'paper' | 'licence' | 'end', string>): object {
  return { name, title, paper, licence, end };
}
