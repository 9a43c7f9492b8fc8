import { add, nn, relu, reshape, resize, type Tensor } from '@latentbrush/engine';
import type { Architecture, Posterior } from './network.ts';

/** Sides of feature maps are halved while they are even and above this. */
const LARGE = 7;

/** Widest layer, as a multiple of the first. */
const WIDEST = 8;

/** Units between feature maps and latent space, as a multiple of the first layer's channels. */
const HIDDEN = 8;

/** Channels at each size, from the pictures' own to the smallest. */
function stages({ size, filters }: Architecture): { readonly side: number; readonly width: number }[] {
  const found = [{ side: size, width: filters }];
  for (let side = size / 2, width = 2 * filters; ; side /= 2, width *= 2) {
    found.push({ side, width: Math.min(width, WIDEST * filters) });
    if (side % 2 !== 0 || side <= LARGE) return found;
  }
}

// Weights for layers before a ReLU. At the end of a residual block they are so small that the block starts close to the identity: deep
// networks then train without normalisation (Zhang et al. 2019, *Fixup*, arXiv:1901.09321).
const faint: nn.Initializer = (shape, random) => nn.heNormal(shape, random).map((value) => value / 10);

function convolution(
  parameters: nn.Parameters,
  x: Tensor,
  filters: number,
  {
    strides = 1,
    kernelInitializer = nn.heNormal,
  }: { strides?: number; kernelInitializer?: nn.Initializer } = {},
): Tensor {
  return nn.conv2d(parameters, x, { filters, kernelSize: 3, strides, padding: 'same', kernelInitializer });
}

// x + Conv(relu(Conv(relu(x))))
function residualBlock(parameters: nn.Parameters, x: Tensor): Tensor {
  const width = x.dimension(1);
  const inner = relu(convolution(parameters.scope('conv_1'), relu(x), width));
  return add(x, convolution(parameters.scope('conv_2'), inner, width, { kernelInitializer: faint }));
}

/** A residual block and a convolution of stride 2 for each size; Dense with ReLU; Dense to mean and log variance. */
export function residualEncoder(
  parameters: nn.Parameters,
  pictures: Tensor,
  architecture: Architecture,
): Posterior {
  const { latent, filters } = architecture;
  const [first, ...rest] = stages(architecture);
  let x = convolution(parameters.scope('conv'), pictures, first!.width); // [B, F, H, W]
  for (const [index, { width }] of rest.entries()) {
    const scope = parameters.scope(`stage_${index + 1}`);
    x = convolution(scope.scope('down'), relu(x), width, { strides: 2 }); // half the size
    x = residualBlock(scope.scope('residual'), x);
  }
  x = reshape(relu(x), [x.dimension(0), -1]);
  x = relu(
    nn.dense(parameters.scope('dense'), x, { units: HIDDEN * filters, kernelInitializer: nn.heNormal }),
  );
  return {
    mean: nn.dense(parameters.scope('z_mean'), x, { units: latent }),
    logVar: nn.dense(parameters.scope('z_log_var'), x, { units: latent }),
  };
}

/** The encoder's mirror image: sizes are doubled by repeating pixels, then convolved (Odena et al., Distill 2016). */
export function residualDecoder(parameters: nn.Parameters, z: Tensor, architecture: Architecture): Tensor {
  const { channels, filters } = architecture;
  const [smallest, ...rest] = stages(architecture).toReversed();
  const { side, width } = smallest!;
  const hidden = relu(
    nn.dense(parameters.scope('dense_1'), z, { units: HIDDEN * filters, kernelInitializer: nn.heNormal }),
  );
  let x = nn.dense(parameters.scope('dense_2'), hidden, {
    units: width * side ** 2,
    kernelInitializer: nn.heNormal,
  });
  x = reshape(x, [-1, width, side, side]);
  for (const [index, stage] of rest.entries()) {
    const scope = parameters.scope(`stage_${index + 1}`);
    x = residualBlock(scope.scope('residual'), x);
    x = resize(relu(x), [stage.side, stage.side], 'nearest'); // twice the size
    x = convolution(scope.scope('up'), x, stage.width);
  }
  return nn.conv2d(parameters.scope('conv'), relu(x), { filters: channels, kernelSize: 3, padding: 'same' });
}
