import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { labelOf, picturesInZip, withClassesOfAll } from './data-files.ts';

const bytes = (): Promise<Uint8Array<ArrayBuffer>> => Promise.resolve(new Uint8Array());

describe('an archive of pictures', () => {
  it('gives its pictures with their folders as classes, and nothing else', async () => {
    const zip = zipSync({
      'cats/black/a.png': Uint8Array.of(1, 2),
      'cats/white/b.JPG': Uint8Array.of(3),
      'cats/readme.txt': Uint8Array.of(4),
      '__MACOSX/cats/black/._a.png': Uint8Array.of(5),
      'cats/.hidden.png': Uint8Array.of(6),
      '../../etc/evil.png': Uint8Array.of(7),
    });
    const files = await picturesInZip(zip);
    expect(files.map(({ name, label }) => [name, label])).toEqual([
      ['a.png', 'black'],
      ['b.JPG', 'white'],
    ]);
    expect(await files[0]!.bytes()).toEqual(Uint8Array.of(1, 2));
  });

  it('that is damaged is refused', async () => {
    await expect(picturesInZip(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  });
});

describe('classes of pictures', () => {
  it('are their folders, in letters that the server takes', () => {
    expect(labelOf('cats/black & white/a.png')).toBe('black   white');
    expect(labelOf('a.png')).toBeUndefined();
    expect(labelOf('../a.png')).toBeUndefined();
  });

  it('are none where all lie in one folder, or some in none', () => {
    const of = (...labels: (string | undefined)[]): (string | undefined)[] =>
      withClassesOfAll(labels.map((label) => ({ name: 'a.png', label, bytes }))).map(({ label }) => label);
    expect(of('cats', 'cats')).toEqual([undefined, undefined]);
    expect(of('cats', 'dogs')).toEqual(['cats', 'dogs']);
    expect(of('cats', undefined)).toEqual([undefined, undefined]);
  });
});
