import { imageDataset, type ImageDataset } from '../../data/index.ts';

/**
 * Pictures that are quick to learn: a bright dot on black that moves around a circle, a little further in each picture. Classes `left` and
 * `right` name its side; captions number the pictures from 0.
 */
export function dots(
  count: number,
  {
    size = 8,
    channels = 1,
    name = 'dots',
  }: { readonly size?: number; readonly channels?: 1 | 3; readonly name?: string } = {},
): ImageDataset {
  const plane = size ** 2;
  const pixels = new Uint8Array(count * channels * plane);
  const labels: string[] = [];
  for (let picture = 0; picture < count; picture++) {
    const angle = (2 * Math.PI * picture) / count;
    const [y, x] = [Math.sin(angle), Math.cos(angle)].map((part) => ((1 + 0.6 * part) * (size - 1)) / 2) as [
      number,
      number,
    ];
    labels.push(x < (size - 1) / 2 ? 'left' : 'right');
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < plane; i++) {
        const distance = Math.hypot(Math.floor(i / size) - y, (i % size) - x);
        const light = Math.max(0, 1 - distance / (0.3 * size)) * (channel === 0 ? 1 : 0.5);
        pixels[(picture * channels + channel) * plane + i] = Math.round(255 * light);
      }
    }
  }
  const captions = labels.map((_, picture) => `dot ${picture}`);
  return imageDataset(
    {
      name,
      origin: 'made by a test',
      channels,
      height: size,
      width: size,
      pixels,
      labels,
      captions,
      skipped: [],
    },
    `/nowhere/${name}`,
  );
}
