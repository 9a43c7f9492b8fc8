import { compile, float32, input, nn } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { colorStatistics, picture, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { inPalette, paletteWeights } from './palette.ts';

async function recolored(source: Picture, style: Picture, share = 1): Promise<Picture> {
  const { height, width, data } = source;
  const shape = [1, 3, height, width];
  const parameters = nn.Parameters.frozen({ ...paletteWeights(style) });
  const output = inPalette(parameters, input('pictures', shape), share);
  const session = await compile({ output }, { threads: 1 });
  const found = await session.run({ pictures: float32(data, shape) });
  await session.release();
  return picture(3, height, width, found.output.data as Float32Array);
}

/** Noise between two levels in each channel, so that channels do not vary together. */
function between(seed: number, levels: readonly (readonly [number, number])[]): Picture {
  const source = noise(seed, 3, 60, 50);
  const size = 60 * 50;
  const data = source.data.map((value, i) => {
    const [low, high] = levels[Math.floor(i / size)]!;
    return low + ((high - low) * value) / 255;
  });
  return picture(3, 60, 50, data);
}

// Yellow is correlated with bright, blue with dark.
const dusk = ((): Picture => {
  const light = noise(5, 1, 40, 40).data;
  const data = new Float32Array(3 * 1600);
  light.forEach((value, i) => {
    data[i] = 70 + 0.4 * value;
    data[1600 + i] = 80 + 0.3 * value;
    data[3200 + i] = 150 - 0.2 * value;
  });
  return picture(3, 40, 40, data);
})();

const grey = between(1, [
  [30, 220],
  [30, 220],
  [30, 220],
]);

/** Variance of red minus blue. */
function spreadOfHue(source: Picture): number {
  const { covariance } = colorStatistics(source);
  return covariance[0][0] + covariance[2][2] - 2 * covariance[0][2];
}

describe('pictures in the palette of a style', () => {
  it('have the mean and the covariance of its colours, if their opponent colours are uncorrelated', async () => {
    const style = between(2, [
      [40, 120],
      [90, 130],
      [100, 200],
    ]);
    const [found, wanted] = [colorStatistics(await recolored(grey, style)), colorStatistics(style)];
    found.mean.forEach((value, i) => expect(value).toBeCloseTo(wanted.mean[i]!, 1));
    found.covariance.flat().forEach((value, i) => {
      expect(Math.abs(value - wanted.covariance.flat()[i]!)).toBeLessThan(25);
    });
  });

  it('turn black and white into dark blue and bright yellow, if the style does so', async () => {
    const stripes = picture(
      3,
      20,
      20,
      Float32Array.from({ length: 1200 }, (_, i) => (i % 20 < 10 ? 20 : 230)),
    );
    const { data } = await recolored(stripes, dusk);
    const [dark, bright] = [0, 19].map((i) => [data[i]!, data[400 + i]!, data[800 + i]!] as const);
    expect(dark![2]).toBeGreaterThan(dark![0]);
    expect(bright![0]).toBeGreaterThan(bright![2]);
    expect(bright![0]).toBeGreaterThan(dark![0]);
  });

  it('of one colour get the mean colour of the style', async () => {
    const { data } = await recolored(picture(3, 16, 16, new Float32Array(768).fill(200)), dusk);
    const { mean } = colorStatistics(dusk);
    data.forEach((value, i) => expect(value).toBeCloseTo(mean[Math.floor(i / 256)]!, 1));
  });

  it('that are grey with a little noise do not get strong colours', async () => {
    const light = noise(3, 1, 32, 32).data;
    const off = noise(4, 3, 32, 32).data;
    const faint = picture(
      3,
      32,
      32,
      off.map((value, i) => light[i % 1024]! + (value - 128) / 100),
    );
    const even = between(6, [
      [0, 255],
      [0, 255],
      [0, 255],
    ]);
    const { data } = await recolored(faint, even);
    expect(spreadOfHue(picture(3, 32, 32, data))).toBeLessThan(0.05 * spreadOfHue(even));
  });

  it('stay between 0 and 255, and are mixed with the pictures by the share', async () => {
    const wild = between(7, [
      [0, 255],
      [0, 255],
      [0, 20],
    ]);
    const whole = await recolored(dusk, wild);
    expect(Math.min(...whole.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...whole.data)).toBeLessThanOrEqual(255);
    const quarter = await recolored(dusk, wild, 0.25);
    quarter.data.forEach((value, i) =>
      expect(value).toBeCloseTo(0.75 * dusk.data[i]! + 0.25 * whole.data[i]!, 2),
    );
  });
});
