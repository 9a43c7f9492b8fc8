import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { noise } from '../image/testing/noise.ts';
import type { Backbone } from '../pretrained/index.ts';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { dream } from './render.ts';
import { explore } from './explore.ts';
import { squaresOf } from './squares.ts';

const tiny = tinyBackbone();
const layers = [{ layer: 'mixed0', coefficient: 1 }];

/** A network that refuses pictures of other sizes, as an export of one size does. */
function onlyFor(computes: (height: number, width: number) => boolean): Backbone {
  return {
    ...tiny,
    exportedFor: [24, 24],
    activations: (picture, wanted) => {
      const [, , height = 0, width = 0] = picture.shape;
      if (!computes(height, width)) throw new InputError(`${width}x${height} does not fit its inputs`);
      return tiny.activations(picture, wanted);
    },
  };
}
const fixed = onlyFor((height, width) => height === 24 && width === 24);

describe('squaresOf', () => {
  const options = { tile: undefined, edges: 'wrap' } as const;
  it.each<[string, Backbone, readonly [number, number][], number | undefined, unknown]>([
    ['are of the size of a network that computes no other', fixed, [[30, 40]], undefined, [24, 24]],
    ['are not those of a network for which an octave is merely too small', onlyFor((height) => height > 20), [[18, 20], [30, 40]], undefined, undefined], // prettier-ignore
    ['are needed when one octave needs them', onlyFor((height) => height % 2 === 0), [[30, 40], [45, 60]], undefined, [24, 24]], // prettier-ignore
    ['are not needed for the size itself', fixed, [[24, 24]], undefined, undefined],
    [
      'are not needed by a network that computes any size',
      onlyFor(() => true),
      [[30, 40]],
      undefined,
      undefined,
    ],
    ['are not used without tiles', fixed, [[30, 40]], 0, undefined],
    ['cannot help a network that computes nothing', onlyFor(() => false), [[30, 40]], undefined, undefined],
    ['are not those of a network that names no size', { ...fixed, exportedFor: undefined }, [[30, 40]], undefined, undefined], // prettier-ignore
  ])('%s', (_, backbone, sizes, tile, expected) => {
    expect(squaresOf(backbone, layers, sizes, { ...options, tile })).toEqual(expected);
  });
});

it.each([
  [40, 30],
  [20, 26],
])('dreams on a picture of %ix%i, and says the size of the squares', async (height, width) => {
  const picture = noise(1, 3, height, width);
  const settings = { layers, octaves: 2, iterations: 2, threads: 1, edges: 'wrap' } as const;
  const events = [];
  for await (const event of dream(fixed, picture, settings)) events.push(event);
  expect(events[0]).toMatchObject({ type: 'start', squares: [24, 24] });
  const last = events.at(-1);
  expect(last).toMatchObject({ type: 'done', flat: false });
  expect(last?.type === 'done' && last.picture.data).not.toEqual(picture.data);
});

it('explores a network of one size', async () => {
  const found = [];
  for await (const each of explore(fixed, noise(1, 3, 40, 30), 2, {
    octaves: 1,
    iterations: 1,
    threads: 1,
    edges: 'wrap',
  })) {
    found.push(each);
  }
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ squares: [24, 24], leftOut: [] });
});

it('shows a guide to a network of one size at that size', async () => {
  const settings = { layers, octaves: 1, iterations: 1, threads: 1, edges: 'wrap' } as const;
  const events = [];
  for await (const event of dream(fixed, noise(1, 3, 40, 30), settings, { guide: noise(2, 3, 50, 20) }))
    events.push(event);
  expect(events.at(-1)).toMatchObject({ type: 'done', steps: 1 });
});
