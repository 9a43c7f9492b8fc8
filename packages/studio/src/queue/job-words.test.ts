import { expect, it } from 'vitest';
import { jobTitle, sentence } from './job-words.ts';

it.each([
  ['/home/me/studio/examples/cat.jpg: is too small', 'cat.jpg: is too small'],
  ['C:\\studio\\uploads\\0f\\picture.png: is damaged', 'picture.png: is damaged'],
  ['/s/jobs/a-1/artefacts/dream.png and /s/examples/cat.jpg differ', 'dream.png and cat.jpg differ'],
  ['all jobs wait / nothing runs', 'all jobs wait / nothing runs'],
])('names the files of the studio without their folders: %s', (stored, shown) => {
  expect(sentence([stored], 'dream.picture', 'en')).toBe(shown);
});

it('names a sheet of variations', () => {
  const say = (key: string): string => key;
  expect(jobTitle({ job: 'dream.picture', options: { vary: {} } }, say)).toBe('system.dream · vary.sheet');
  expect(jobTitle({ job: 'dream.picture', options: {} }, say)).toBe('system.dream');
});
