import { describe, expect, it } from 'vitest';
import { imageDataset } from './image-dataset.ts';
import { matching } from './matching.ts';

const captions = [
  'grinning face with smiling eyes, noto',
  'Smiling face, twemoji',
  'smile, noto',
  'waving hand light skin tone, noto',
  'waving hand medium-light skin tone, noto',
  '웃는 얼굴, noto',
  'e\u0301le\u0301phant हिन्दी',
];
const labels = ['Smileys', 'Smileys', 'Smileys', 'People & Body', 'People & Body', 'Smileys', 'Animals'];
const dataset = imageDataset(
  {
    ...{ name: 'some', origin: 'here', channels: 1, height: 1, width: 1, skipped: [], captions, labels },
    pixels: new Uint8Array(7),
  },
  'some',
);

describe('matching', () => {
  it.each([
    ['smiling', [0, 1]], // not "smile", which is only a part of the word
    ['SMILING face', [1]], // one after the other
    ['face with', [0]],
    ['light skin tone', [3]], // "medium-light" is another word
    ['medium-light skin tone', [4]],
    ['skin', [3, 4]],
    ['body', [3, 4]], // the class counts too
    ['noto', [0, 2, 3, 4, 5]],
    ['얼굴', [5]],
    ['\u00e9l\u00e9phant', [6]], // however the accents were typed
    ['얼굴'.normalize('NFD'), [5]],
    ['हिन्दी', [6]],
    ['हि', []], // a part of that word, up to a mark
    ['frog', []],
  ])('finds whole words in captions and classes: %s', (query, found) => {
    expect(matching(dataset, query)).toEqual(found);
  });

  it('handles data sets without captions or labels', () => {
    expect(matching({ ...dataset, captions: undefined }, 'smileys')).toEqual([0, 1, 2, 5]);
    expect(matching({ ...dataset, captions: undefined, labels: undefined }, 'smileys')).toEqual([]);
  });

  it.each(['', ' & '])('refuses a query without words: "%s"', (query) => {
    expect(() => matching(dataset, query)).toThrow(`"${query}": has no word to search for`);
  });
});
