import { Random } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { embeddedTrunk } from '../pretrained/index.ts';
import type { Picture } from '../image/index.ts';
import { noisePicture, VISUALIZATION } from './noise.ts';
import type { DreamInput } from './options.ts';
import { dream } from './render.ts';

it('noise is grey, smooth and seeded, with a deviation of a twentieth of the range where it is drawn', () => {
  const { data, ...size } = noisePicture(60, 50, new Random(3));
  expect(size).toEqual({ channels: 3, height: 60, width: 50 });
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  expect(Math.abs(mean - 127.5)).toBeLessThan(2);
  expect(deviation / 255).toBeGreaterThan(0.02); // less than at those points: between them it is a mean
  expect(deviation / 255).toBeLessThan(0.05);
  const steps = data.subarray(1).map((value, index) => Math.abs(value - data[index]!));
  expect(steps.toSorted()[steps.length >> 1]).toBeLessThan(3);
  expect(data.subarray(0, 3000)).not.toEqual(data.subarray(3000, 6000));
  expect(noisePicture(60, 50, new Random(3)).data).toEqual(data);
  expect(noisePicture(60, 50, new Random(4)).data).not.toEqual(data);
});

/** Mean, over bands of 10 pixels from the edge inwards, of the standard deviation of grey in 5x5 pixels. */
function detailFromTheEdge({ height, width, data }: Picture): number[] {
  const size = height * width;
  const grey = (i: number): number => (data[i]! + data[size + i]! + data[2 * size + i]!) / 3;
  const sums: number[] = [];
  const counts: number[] = [];
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      let [sum, squares] = [0, 0];
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const value = grey((y + dy) * width + x + dx);
          sum += value;
          squares += value ** 2;
        }
      }
      const band = Math.floor(Math.min(x, y, width - 1 - x, height - 1 - y) / 10);
      sums[band] = (sums[band] ?? 0) + Math.sqrt(Math.max(squares / 25 - (sum / 25) ** 2, 0));
      counts[band] = (counts[band] ?? 0) + 1;
    }
  }
  return sums.map((sum, band) => sum / counts[band]!);
}

it('a visualisation fills the picture to the edge; with faded edges it has a frame of noise', async () => {
  const backbone = await embeddedTrunk();
  const start = noisePicture(220, 220, new Random(1).fork('noise'));
  const layers = [{ layer: 'mixed4', channel: 10, coefficient: 1 }];
  const bands = async (changes: DreamInput): Promise<number[]> => {
    const options = { ...VISUALIZATION, layers, iterations: 8, threads: 1, ...changes };
    for await (const event of dream(backbone, start, options))
      if (event.type === 'done') return detailFromTheEdge(event.picture);
    return [];
  };
  const filled = await bands({});
  const center = filled.slice(4).reduce((sum, detail) => sum + detail, 0) / filled.slice(4).length;
  for (const detail of filled.slice(0, 4)) expect(detail / center).toBeGreaterThan(0.75);
  const faded = await bands({ edges: 'fade', jitter: 8 });
  expect(faded[0]! / Math.max(...faded)).toBeLessThan(0.25);
}, 60_000);
