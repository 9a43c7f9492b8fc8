import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { loadPainting, loadPhotograph } from './embedded-pictures.ts';

it('a photograph and a painting come with the package, in colour and small', async () => {
  const cat = await loadPhotograph('cat');
  expect([cat.width, cat.height]).toEqual([451, 300]);
  const painting = await loadPainting('starry-night');
  expect([painting.width, painting.height]).toEqual([720, 568]);
  for (const name of ['cat.jpg', 'starry-night.jpg']) {
    const { size } = await stat(new URL(`../../../assets/pictures/${name}`, import.meta.url));
    expect(size).toBeLessThan(200_000);
  }
  for (const { data } of [cat, painting]) {
    const pixels = data.length / 3;
    const redMinusBlue = Array.from({ length: pixels }, (_, i) => Math.abs(data[i]! - data[2 * pixels + i]!));
    expect(redMinusBlue.filter((difference) => difference > 20).length / pixels).toBeGreaterThan(0.5);
  }
});

it('an unknown name is refused, and the existing ones are listed', async () => {
  await expect(loadPainting('mona-lisa')).rejects.toThrow(
    'mona-lisa: there is no such painting; choose starry-night',
  );
  await expect(loadPhotograph('toString')).rejects.toThrow(
    'toString: there is no such photograph; choose cat,',
  );
});
