import { Random } from '@latentbrush/engine';
import { imageDataset, type ImageDataset } from '../../data/index.ts';

const COLORS = { red: [220, 40, 40], green: [40, 200, 60], blue: [50, 70, 230] } as const;

/** Pictures of 16x16: each has one disc at a random place, in the colour of its class. Same seed, same pictures. */
export function discs(count = 24, seed = 1): ImageDataset {
  const random = new Random(seed);
  const names = Object.keys(COLORS) as (keyof typeof COLORS)[];
  const labels = Array.from({ length: count }, (_, index) => names[index % names.length]!);
  const size = 16;
  const pixels = Uint8Array.from(labels.flatMap((label) => disc(COLORS[label], size, random)));
  const shape = { channels: 3, height: size, width: size } as const;
  return imageDataset(
    { name: 'discs', origin: 'here', ...shape, pixels, labels, captions: undefined, skipped: [] },
    'discs',
  );
}

// [3, size, size] in one list, on a light ground.
function disc(color: readonly number[], size: number, random: Random): number[] {
  const [y, x, radius] = [random.uniform(5, 11), random.uniform(5, 11), random.uniform(3, 5)];
  return color.flatMap((value) =>
    Array.from({ length: size * size }, (_, place) => {
      const distance = Math.hypot(Math.floor(place / size) - y, (place % size) - x);
      return distance < radius ? value : 240;
    }),
  );
}
