import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vjp } from '../autodiff.ts';
import { Graph } from '../graph/graph.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { Random } from '../random.ts';
import { compile } from '../session.ts';
import { checkGradients } from '../gradient-check.ts';
import { conv2d } from './convolution.ts';
import { Conv } from './convolution.ts';
import { winogradConvolution } from './winograd.ts';

function normal(shape: readonly number[], seed: number): NDArray<'float32'> {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  new Random(seed).fillNormal(data);
  return float32(data, shape);
}

const convolutions = fc.record({
  channels: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  size: fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 3, max: 7 })),
  pads: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 2, max: 4 }))),
  width: fc.integer({ min: 1, max: 5 }),
});

describe('winogradConvolution', () => {
  it('gives the numbers of Conv for any height, width and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async ({ channels: [inputs, outputs], size, pads, width }) => {
        const x = constant(normal([2, inputs, ...size], 1));
        const w = constant(normal([outputs, inputs, 5, width], 2));
        const direct = Conv.apply([x, w], { strides: [1, 1], dilations: [1, 1], group: 1, pads });
        const session = await compile({ direct, winograd: winogradConvolution(x, w, pads) }, { threads: 1 });
        const { direct: expected, winograd } = await session.run({});
        expect(winograd.shape).toEqual(expected.shape);
        expectClose(winograd, expected, 1e-4);
        await session.release();
      }),
      { numRuns: 30 },
    );
  });

  it('has the gradient of a convolution, also without its custom rule', async () => {
    await checkGradients(
      (x, w) => winogradConvolution(x, w, [2, 1, 1, 1]),
      [normal([1, 2, 6, 4], 3), normal([2, 2, 5, 3], 4)],
    );
  });

  it('is used by trained kernels of 5x5 with 128 channels or more, forward and backward', async () => {
    const [x, w, dy] = [
      input('x', [1, 128, 7, 6]),
      input('w', [128, 128, 5, 5]),
      input('dy', [1, 128, 7, 6]),
    ];
    const trained = conv2d(x, w, { padding: 'same', bias: constant(normal([128], 9)) });
    const direct = Conv.apply([x, w, constant(normal([128], 9))], {
      strides: [1, 1],
      dilations: [1, 1],
      group: 1,
      pads: [2, 2, 2, 2],
    });
    const [dx, dw] = vjp([trained], [dy], [x, w]) as [Tensor, Tensor];
    expect(new Graph({ trained }).nodes.filter(({ operator }) => operator.type === 'Conv')).toHaveLength(8);

    const frozenKernel = constant(normal([128, 128, 5, 5], 6));
    const [dxDirect] = vjp(
      [Conv.apply([x, frozenKernel], { strides: [1, 1], dilations: [1, 1], group: 1, pads: [2, 2, 2, 2] })],
      [dy],
      [x],
    ) as [Tensor];
    const session = await compile({ trained, direct, dx, dxDirect, dw });
    const result = await session.run({
      x: normal([1, 128, 7, 6], 5),
      w: normal([128, 128, 5, 5], 6),
      dy: normal([1, 128, 7, 6], 7),
    });
    expectClose(result.trained, result.direct, 5e-5);
    expectClose(result.dx, result.dxDirect, 5e-5);
  });
});

// within `tolerance` of the largest element
function expectClose(actual: NDArray, expected: NDArray, tolerance: number): void {
  const scale = (expected.data as Float32Array).reduce(
    (largest, value) => Math.max(largest, Math.abs(value)),
    1e-6,
  );
  const error = (expected.data as Float32Array).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(Number(actual.data[i]) - value)),
    0,
  );
  expect(error / scale).toBeLessThan(tolerance);
}
