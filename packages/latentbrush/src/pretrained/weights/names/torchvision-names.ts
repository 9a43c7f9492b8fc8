/** Convolutions in each of the five blocks: VGG16 has 13 in total, VGG19 has 16. */
const VGG_BLOCKS: Readonly<Record<number, readonly number[]>> = { 13: [2, 2, 3, 3, 3], 16: [2, 2, 4, 4, 4] };

/**
 * Keras' names of the convolutions of VGG16 or VGG19, from the input on, with their indices in torchvision's `features`, a list that
 * includes ReLU and pooling (`make_layers` of torchvision/models/vgg.py). @param convolutions 13 for VGG16, 16 for VGG19; any other number
 * gives none
 */
export function vggConvolutions(convolutions: number): { keras: string; place: number }[] {
  let place = 0;
  return (VGG_BLOCKS[convolutions] ?? []).flatMap((count, block) => {
    const names = Array.from({ length: count }, (_, index) => ({
      keras: `block${block + 1}_conv${index + 1}`,
      place: place + 2 * index, // after each convolution its ReLU
    }));
    place += 2 * count + 1; // the pooling
    return names;
  });
}

/**
 * torchvision's names of the convolutions of InceptionV3 (torchvision/models/inception.py), in the order of those of
 * `keras.applications.inception_v3`: the first is `conv2d_1` and `batch_normalization_1`. Both files list the branches of each block in the
 * same order with the same kernel sizes, so that the n-th of one is the n-th of the other.
 */
export const inceptionV3Convolutions: readonly string[] = [
  'Conv2d_1a_3x3',
  'Conv2d_2a_3x3',
  'Conv2d_2b_3x3',
  'Conv2d_3b_1x1',
  'Conv2d_4a_3x3',
  ...block(
    ['Mixed_5b', 'Mixed_5c', 'Mixed_5d'],
    'branch1x1 branch5x5_1 branch5x5_2 branch3x3dbl_1 branch3x3dbl_2 branch3x3dbl_3 branch_pool',
  ),
  ...block(['Mixed_6a'], 'branch3x3 branch3x3dbl_1 branch3x3dbl_2 branch3x3dbl_3'),
  ...block(
    ['Mixed_6b', 'Mixed_6c', 'Mixed_6d', 'Mixed_6e'],
    'branch1x1 branch7x7_1 branch7x7_2 branch7x7_3 branch7x7dbl_1 branch7x7dbl_2 branch7x7dbl_3 branch7x7dbl_4 branch7x7dbl_5 branch_pool',
  ),
  ...block(['Mixed_7a'], 'branch3x3_1 branch3x3_2 branch7x7x3_1 branch7x7x3_2 branch7x7x3_3 branch7x7x3_4'),
  ...block(
    ['Mixed_7b', 'Mixed_7c'],
    'branch1x1 branch3x3_1 branch3x3_2a branch3x3_2b branch3x3dbl_1 branch3x3dbl_2 branch3x3dbl_3a branch3x3dbl_3b branch_pool',
  ),
];

function block(names: readonly string[], branches: string): string[] {
  return names.flatMap((name) => branches.split(' ').map((branch) => `${name}.${branch}`));
}

/** Names of variables of batch normalisation in PyTorch and in Keras. */
export const batchNormalizationNames = {
  weight: 'gamma',
  bias: 'beta',
  running_mean: 'moving_mean',
  running_var: 'moving_variance',
} as const;
