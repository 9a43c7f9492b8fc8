import { expect, it } from 'vitest';
import { asText, fromPath, fromText, type PictureReference } from './chosen.ts';

it.each<PictureReference>([
  { example: 'cat' },
  { upload: '0123456789abcdef01234567' },
  { job: 'a-1', file: 'artefacts/x:y.png' },
])('finds a picture by its text: %j', (picture) => {
  expect(fromText(asText(picture))).toEqual(picture);
});

it.each(['', 'cat', 'example:', 'run:a', 'job:a', null])('finds none in %j', (text) => {
  expect(fromText(text)).toBeUndefined();
});

it.each([
  ['/home/me/studio/uploads/0123456789abcdef01234567/picture.png', { upload: '0123456789abcdef01234567' }],
  ['C:\\studio\\examples\\starry-night.jpg', { example: 'starry-night' }],
  ['/s/jobs/a-1/artefacts/dream.png', { job: 'a-1', file: 'artefacts/dream.png' }],
  ['/elsewhere/cat.jpg', undefined],
  [['a'], undefined],
])('recognises the path of a picture in the studio: %j', (path, picture) => {
  expect(fromPath(path)).toEqual(picture);
});
