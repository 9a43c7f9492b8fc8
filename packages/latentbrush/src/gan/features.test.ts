import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureAt } from '../data/index.ts';
import { inColor, picture, type Picture } from '../image/index.ts';
import { FeatureExtractor, FEATURES } from './features.ts';
import { discs } from './testing/discs.ts';

const dataset = discs(18);
const pictures = Array.from({ length: 18 }, (_, index) => pictureAt(dataset, index));
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, i) => value - b[i]!));

let extractor: FeatureExtractor;
beforeAll(async () => {
  extractor = await FeatureExtractor.load(16, 1);
});
afterAll(() => extractor.release());

describe('features of pictures', () => {
  it('have the name of the embedded trunk', () => {
    expect(FEATURES).toBe(
      "means over the picture of InceptionV3's mixed5, of the embedded trunk, at 128x128",
    );
  });

  it('depend only on the picture, not on its batch', async () => {
    const all = await extractor.of(pictures);
    expect(all).toHaveLength(18);
    const [last] = await extractor.of(pictures.slice(17));
    expect(distance(last!, all[17]!)).toBeLessThan(1e-4 * Math.hypot(...last!));
    expect(distance(all[0]!, all[17]!)).toBeGreaterThan(0.01 * Math.hypot(...last!));
  });

  it('of a grey picture are those of three equal colours, and values outside 0 to 255 are clipped', async () => {
    const grey = picture(
      1,
      16,
      16,
      Float32Array.from({ length: 256 }, (_, i) => i),
    );
    const beyond: Picture = { ...grey, data: grey.data.map((value) => (value > 127 ? 300 : -40)) };
    const clipped: Picture = { ...grey, data: grey.data.map((value) => (value > 127 ? 255 : 0)) };
    const [ofGrey, ofColor, ofBeyond, ofClipped] = await extractor.of([grey, inColor(grey), beyond, clipped]);
    expect(ofColor).toEqual(ofGrey);
    expect(ofBeyond).toEqual(ofClipped);
  });
});
