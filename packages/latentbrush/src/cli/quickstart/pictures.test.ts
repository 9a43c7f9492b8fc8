import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRecipe } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Output } from '../output.ts';
import { dreamOfTheAlps, paintTheBoats } from './pictures.ts';

// Interrupted at once, so that it is quick: what is tested is the files.
it('the pictures of the quickstart tell how they were made, and from what', async () => {
  const folder = await temporaryFolder();
  const output = new Output({ json: false, quiet: true });
  const { exitCode } = process;
  const said = process.stdout.write;
  process.stdout.write = () => true;
  try {
    for (const part of [dreamOfTheAlps, paintTheBoats]) await part(folder, 5, output, AbortSignal.abort());
  } finally {
    process.stdout.write = said;
    process.exitCode = exitCode;
  }
  const dream = await readRecipe(join(folder, 'alpine-landscape-dream.png'));
  expect(dream).toMatchObject({ system: 'dream', seed: 5, inputs: [{ name: 'alpine-landscape.jpg' }] });
  expect(dream?.options).toMatchObject({ backbone: 'embedded', roles: { picture: [0] } });
  const painting = await readRecipe(join(folder, 'nagasaki-boats-painting.png'));
  expect(painting?.inputs.map(({ name }) => name)).toEqual(['nagasaki-boats.jpg', 'emoji.png']);
  expect(painting?.options.roles).toEqual({ content: [0], styles: [1] });
});
