import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { cutLines, readLines } from './json-lines.ts';
import { Thinned } from './thinned.ts';

const texts = fc
  .array(fc.constantFrom('a', 'bc', 'é', '\n', '\n\n'), { maxLength: 30 })
  .map((parts) => parts.join(''));

it('reads whole lines in blocks of any size', async () => {
  const path = join(await temporaryFolder(), 'lines');
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, block) => {
      await writeFile(path, text);
      const lines: string[] = [];
      await readLines(path, (line, number) => lines.push(`${number} ${line.toString('utf8')}`), block);
      const expected = text.split('\n').slice(0, -1).map((line, i) => `${i + 1} ${line}`); // prettier-ignore
      expect(lines).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('cuts lines off the end, an incomplete one too, in blocks of any size', async () => {
  const path = join(await temporaryFolder(), 'lines');
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.constantFrom('', 'a', 'bc', 'none'),
      fc.integer({ min: 1, max: 9 }),
      async (text, last, block) => {
        await writeFile(path, text);
        const found = await cutLines(path, (line) => line === last, block);
        const lines = text.split('\n').slice(0, -1);
        const kept = lines.slice(0, lines.lastIndexOf(last) + 1);
        expect(found).toBe(kept.at(-1));
        expect(await readFile(path, 'utf8')).toBe(kept.map((line) => `${line}\n`).join(''));
      },
    ),
    { numRuns: 60 },
  );
});

it('a file that is not there has no lines', async () => {
  const path = join(await temporaryFolder(), 'none');
  await readLines(path, () => expect.fail('there is no line'));
  expect(await cutLines(path, () => true)).toBeUndefined();
});

it.each([2, 3, 10, 11])('thinned to %s, items are evenly spread and the last is there', (most) => {
  for (let count = 0; count < 100; count++) {
    const thinned = new Thinned<number>(most);
    for (let i = 0; i < count; i++) thinned.add(() => i);
    const items = thinned.items();
    if (count <= most) expect(items).toEqual(Array.from({ length: count }, (_, i) => i));
    else {
      expect(items.at(-1)).toBe(count - 1);
      expect(items.length).toBeLessThanOrEqual(most + 1);
      expect(items.length).toBeGreaterThanOrEqual(most / 2);
      const [first, second] = items;
      items.slice(0, -1).forEach((item, i) => expect(item).toBe(i * (second! - first!)));
    }
  }
});
