import { INPUT, type Architecture, type Layer } from './architecture.ts';

/**
 * Xception without its classifier, `block1_conv1_act` to `block14_sepconv2_act`, as `keras.applications.xception` builds it (Chollet
 * 2016, *Xception: Deep Learning with Depthwise Separable Convolutions*). Layers have Keras' names; `..._bn` is a convolution with its
 * batch normalisation. Keras numbers unnamed layers by the session: the convolutions of shortcuts are `batch_normalization_1` to `_4` here,
 * and the sums `add_1` to `add_12`.
 * @example
 * console.log(backbones.describeLayers(backbones.xception()).at(-1)!.channels); // 2048
 */
export function xception(): Architecture {
  const layers: Layer[] = [];
  let shortcuts = 0;
  let sums = 0;

  const convolution = (
    input: string,
    filters: number,
    kernelSize: number,
    { kernelOf, name }: { readonly kernelOf: string; readonly name: string },
    { strides, padding }: { readonly strides: number; readonly padding: 'same' | 'valid' },
  ): string => {
    layers.push({
      kind: 'convolution',
      name,
      kernelOf,
      input,
      filters,
      kernelSize: [kernelSize, kernelSize],
      strides,
      padding,
      batchNormalization: name,
      linear: true,
    });
    return name;
  };
  const stem = (input: string, name: string, filters: number, strides: number): string => {
    const names = { kernelOf: name, name: `${name}_bn` };
    return relu(convolution(input, filters, 3, names, { strides, padding: 'valid' }), `${name}_act`);
  };
  const shortcut = (input: string, filters: number): string => {
    shortcuts += 1;
    const names = { kernelOf: `conv2d_${shortcuts}`, name: `batch_normalization_${shortcuts}` };
    return convolution(input, filters, 1, names, { strides: 2, padding: 'same' });
  };
  const relu = (input: string, name: string): string => {
    layers.push({ kind: 'relu', name, input });
    return name;
  };
  const separable = (input: string, kernelOf: string, filters: number): string => {
    const name = `${kernelOf}_bn`;
    layers.push({
      kind: 'separable convolution',
      name,
      kernelOf,
      input,
      filters,
      kernelSize: [3, 3],
      batchNormalization: name,
    });
    return name;
  };
  const sum = (inputs: readonly string[]): string => {
    sums += 1;
    const name = `add_${sums}`;
    layers.push({ kind: 'addition', name, inputs });
    return name;
  };
  /** Repeats ReLU and a separable convolution. */
  const chain = (input: string, block: number, filters: readonly number[]): string =>
    filters.reduce((x, count, index) => {
      const name = `block${block}_sepconv${index + 1}`;
      return separable(relu(x, `${name}_act`), name, count);
    }, input);
  const halved = (input: string, y: string, block: number, filters: number): string => {
    const residual = shortcut(input, filters);
    const name = `block${block}_pool`;
    layers.push({ kind: 'max pooling', name, input: y, poolSize: 3, strides: 2, padding: 'same' });
    return sum([name, residual]);
  };

  let x = stem(INPUT, 'block1_conv1', 32, 2);
  x = stem(x, 'block1_conv2', 64, 1);
  // The first of these blocks begins without a ReLU: its input is the output of one.
  let y = separable(x, 'block2_sepconv1', 128);
  y = separable(relu(y, 'block2_sepconv2_act'), 'block2_sepconv2', 128);
  x = halved(x, y, 2, 128);
  x = halved(x, chain(x, 3, [256, 256]), 3, 256);
  x = halved(x, chain(x, 4, [728, 728]), 4, 728);
  for (let block = 5; block <= 12; block++) x = sum([chain(x, block, [728, 728, 728]), x]);
  x = halved(x, chain(x, 13, [728, 1024]), 13, 1024);
  x = relu(separable(x, 'block14_sepconv1', 1536), 'block14_sepconv1_act');
  relu(separable(x, 'block14_sepconv2', 2048), 'block14_sepconv2_act');
  return layers;
}
