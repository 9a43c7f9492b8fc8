// The measured work, by name. The code of each peer is in peers/.
import { dreamFlops, ganFlops, styleFlops, vaeFlops } from './networks/cost.mjs';

const LSTM_STEP = 3 * 2 * 128 * 60 * (128 * 512 + 57 * 512) + 3 * 2 * 128 * 128 * 57;
const CONVOLUTION = 2 * 20 * 32 * 32 * 256 * 256 * 25;

/**
 * - what: a description
 * - flops: floating-point operations by formula, undefined if they do not matter
 * - required: the required speed, relative to the faster of PyTorch and Keras; undefined without one
 * - goal: other goals, as text
 * - peerCase: the case of the peers, if it has another name
 * - alone: no peer has this case
 */
export const CASES = [
  {
    name: 'gemm',
    what: 'product of two 2048 x 2048 matrices',
    flops: 2 * 2048 ** 3,
    goal: 'the limit of the machine',
  },
  {
    name: 'text-step',
    what: "10 training steps of the book's LSTM (batch 128, window 60, 57 characters)",
    flops: 10 * LSTM_STEP,
    required: 1.4,
  },
  {
    name: 'text-sample',
    what: '100 characters, with the window of 60 read again for each',
    required: 1.25,
  },
  {
    name: 'text-sample-stateful',
    what: '100 characters, state carried, against peers that read the window again',
    peerCase: 'text-sample',
  },
  {
    name: 'conv-step',
    what: 'convolution 256->256, 5x5, on 20x32x32: forward and both gradients',
    flops: 3 * CONVOLUTION,
    required: 1.15,
  },
  {
    name: 'dream-evaluation',
    what: 'InceptionV3 to mixed5 on 400x600: loss and gradient of the picture',
    flops: dreamFlops(400, 600),
    required: 1.1,
  },
  {
    name: 'style-evaluation',
    what: 'VGG19 to block5_conv2 on 400x600: loss and gradient of the picture',
    flops: styleFlops(400, 600),
    required: 1.1,
  },
  {
    name: 'vae-step-16',
    what: "10 training steps of the book's VAE, batch 16",
    flops: 10 * vaeFlops(16),
    required: 0.95,
  },
  {
    name: 'vae-step-128',
    what: "10 training steps of the book's VAE, batch 128",
    flops: 10 * vaeFlops(128),
    required: 0.85,
  },
  {
    name: 'vae-epoch-end',
    what: "end of an epoch of the book's VAE: 2,000 pictures measured, two sheets of samples, checkpoint",
    alone: true,
  },
  {
    name: 'vae-grid',
    what: "the grid: 225 pictures of the book's decoder",
    required: 1,
    goal: 'under 100 ms',
  },
  {
    name: 'gan-iteration',
    what: "one iteration of the book's GAN, batch 20: pictures generated, discriminator's step, generator's step",
    flops: ganFlops(20),
    required: 1.15,
  },
];

/** Cases whose name begins with one of the given ones; all by default. Throws when a name matches none. */
export function casesNamed(names) {
  const wanted = (name) => CASES.filter((each) => each.name.startsWith(name));
  const unknown = names.find((name) => wanted(name).length === 0);
  if (unknown !== undefined)
    throw new Error(`${unknown}: no such case; there are ${CASES.map(({ name }) => name).join(', ')}`);
  return CASES.filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));
}
