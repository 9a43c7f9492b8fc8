import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRecipe } from '../../../image/index.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { Output } from '../../terminal/output.ts';
import { dreamOfTheCat, paintTheCat } from './pictures.ts';

// Interrupted at once, for speed: the test is about the files.
it('the pictures of the quickstart record how they were made, and from what', async () => {
  const folder = await temporaryFolder();
  const output = new Output({ json: false, quiet: true });
  const { exitCode } = process;
  const said = process.stdout.write;
  process.stdout.write = () => true;
  try {
    for (const part of [dreamOfTheCat, paintTheCat]) await part(folder, 5, output, AbortSignal.abort());
  } finally {
    process.stdout.write = said;
    process.exitCode = exitCode;
  }
  const dream = await readRecipe(join(folder, 'cat-dream.png'));
  expect(dream).toMatchObject({ system: 'dream', seed: 5, inputs: [{ name: 'cat.jpg' }] });
  expect(dream?.options).toMatchObject({ backbone: 'embedded', roles: { picture: [0] } });
  const painting = await readRecipe(join(folder, 'cat-painting.png'));
  expect(painting?.inputs.map(({ name }) => name)).toEqual(['cat.jpg', 'starry-night.jpg']);
  expect(painting?.options.roles).toEqual({ content: [0], styles: [1] });
});
