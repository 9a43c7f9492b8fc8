import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { packed, PackedData, type PackedForm } from './packed-file.ts';

it('packed data that became shorter are refused in a line that says what to do', async () => {
  const path = join(await temporaryFolder(), 'data.bin');
  await writeFile(path, new Uint8Array(20));
  const data = new PackedData(path, 20);
  await truncate(path, 10);
  expect(() => data.read(8, new Uint8Array(4))).toThrow(
    new InputError(`${path}: ends before byte 12; start again, then the data are prepared again`),
  );
});

it('data that two made at once are used by the next', async () => {
  const place = { cacheDir: await temporaryFolder(), kind: 'corpora' as const, key: ['a'] };
  const form: PackedForm<string, number> = { source: 'a', contents: z.string(), state: z.number() };
  const make = (contents: string) =>
    packed(place, form, async (part) => {
      await part.append(Uint8Array.of(7));
      return contents;
    });
  const [first, second] = await Promise.all([make('x'), make('x')]);
  const again = await make('y');
  for (const { contents, data } of [first, second, again]) {
    expect(contents).toBe('x');
    const byte = new Uint8Array(1);
    data.read(0, byte);
    expect([...byte]).toEqual([7]);
    data.release();
  }
});
