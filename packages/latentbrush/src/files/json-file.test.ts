import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readJsonFile } from './json-file.ts';

it('returns the contents, or undefined for anything but JSON', async () => {
  const path = join(await temporaryFolder(), 'file.json');
  await writeFile(path, '{"mean":[1,2]}\n');
  expect(await readJsonFile(path)).toEqual({ mean: [1, 2] });
  await writeFile(path, '{"mean":[1,');
  expect(await readJsonFile(path)).toBeUndefined();
});

it('refuses, in one line, a missing file, a folder, and a file that is too large', async () => {
  const folder = await temporaryFolder();
  const large = join(folder, 'large.json');
  await writeFile(large, '');
  await truncate(large, 2 ** 40); // a sparse file: reading it would end the process
  for (const [path, message] of [
    [join(folder, 'missing.json'), /no such file/],
    [folder, /is no plain file/],
    [large, /has 1099511627776 bytes/],
  ] as const) {
    const reading = readJsonFile(path);
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(message);
  }
});
