import { INPUT, type Architecture, type Layer } from './architecture.ts';

/** Blocks of each stack, and the channels inside of them; four times as many come out. */
const STACKS = [
  { name: 'conv2', blocks: 3, filters: 64, strides: 1 },
  { name: 'conv3', blocks: 4, filters: 128, strides: 2 },
  { name: 'conv4', blocks: 6, filters: 256, strides: 2 },
  { name: 'conv5', blocks: 3, filters: 512, strides: 2 },
] as const;

/** epsilon of the batch normalisations of `keras.applications.resnet50` */
const EPSILON = 1.001e-5;

/**
 * ResNet50 without its classifier, `conv1_relu` to `conv5_block3_out`, as `keras.applications.resnet50` builds it (He et al. 2015, *Deep
 * Residual Learning for Image Recognition*): the first convolution of a block has its stride; in torchvision the second has it. Layers have
 * Keras' names; `..._bn` is a convolution with its batch normalisation.
 * @example
 * console.log(backbones.describeLayers(backbones.resnet50()).at(-1)!.channels); // 2048
 */
export function resnet50(): Architecture {
  const layers: Layer[] = [];
  const convolution = (
    input: string,
    name: string,
    filters: number,
    kernelSize: number,
    { strides = 1, padding = 'same' }: { readonly strides?: number; readonly padding?: 'same' | number } = {},
  ): string => {
    const batchNormalization = `${name}_bn`;
    layers.push({
      kind: 'convolution',
      name: batchNormalization,
      kernelOf: `${name}_conv`,
      input,
      filters,
      kernelSize: [kernelSize, kernelSize],
      strides,
      padding,
      batchNormalization,
      epsilon: EPSILON,
      linear: true,
    });
    return batchNormalization;
  };
  const relu = (input: string, name: string): string => {
    layers.push({ kind: 'relu', name, input });
    return name;
  };

  let x = relu(convolution(INPUT, 'conv1', 64, 7, { strides: 2, padding: 3 }), 'conv1_relu');
  // Keras pads with zeros; the pool's own padding is the same, since nothing after ReLU is less.
  layers.push({ kind: 'max pooling', name: 'pool1_pool', input: x, poolSize: 3, strides: 2, padding: 1 });
  x = 'pool1_pool';
  for (const { name: stack, blocks, filters, strides } of STACKS) {
    for (let index = 1; index <= blocks; index++) {
      const block = `${stack}_block${index}`;
      const first = index === 1 ? strides : 1;
      const shortcut = index === 1 ? convolution(x, `${block}_0`, 4 * filters, 1, { strides: first }) : x;
      let y = relu(convolution(x, `${block}_1`, filters, 1, { strides: first }), `${block}_1_relu`);
      y = relu(convolution(y, `${block}_2`, filters, 3), `${block}_2_relu`);
      y = convolution(y, `${block}_3`, 4 * filters, 1);
      layers.push({ kind: 'addition', name: `${block}_add`, inputs: [shortcut, y] });
      x = relu(`${block}_add`, `${block}_out`);
    }
  }
  return layers;
}
