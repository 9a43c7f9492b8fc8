import { describe, expect, it } from 'vitest';
import { classCounts, imageDataset, pictureAt, subset } from './image-dataset.ts';

const contents = { name: 'four', origin: 'here', channels: 1, height: 1, width: 2, skipped: [] } as const;
const dataset = imageDataset(
  {
    ...contents,
    pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    labels: ['b', 'a', 'b', 'b'],
    captions: ['w', 'x', 'y', 'z'],
  },
  'four',
);

describe('a data set of pictures', () => {
  it('counts its pictures and classes', () => {
    expect(dataset).toMatchObject({ count: 4, source: 'four', origin: 'here' });
    expect([...classCounts(dataset)]).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
    expect(classCounts({ labels: undefined }).size).toBe(0);
  });

  it('returns its pictures by number', () => {
    expect(pictureAt(dataset, 2)).toEqual({ channels: 1, height: 1, width: 2, data: Float32Array.of(5, 6) });
  });

  it('has parts, which are data sets too', () => {
    const part = subset(dataset, [3, 0]);
    expect(part).toMatchObject({ count: 2, source: 'four', labels: ['b', 'b'], captions: ['z', 'w'] });
    expect(part.pixels).toEqual(Uint8Array.of(7, 8, 1, 2));
    expect(part.sha256).not.toBe(dataset.sha256);
    expect(subset(dataset, [0, 1, 2, 3]).sha256).toBe(dataset.sha256);
  });

  it.each([-1, 4, 0.5, Number.NaN])('refuses picture %d', (index) => {
    expect(() => pictureAt(dataset, index)).toThrow(`four: there is no picture ${index}; they are numbered`);
    expect(() => subset(dataset, [0, index])).toThrow(/there is no picture/);
  });

  it('must have as many labels as pictures', () => {
    const pixels = new Uint8Array(4);
    const wrong = { ...contents, pixels, labels: ['a'], captions: undefined };
    expect(() => imageDataset(wrong, 'x')).toThrow(/they do not fit/);
  });
});
