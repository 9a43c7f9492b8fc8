import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { mountSmallDisk } from '../testing/small-disk.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { removeLeftovers, writeFileAtomic } from './atomic-file.ts';

const smallDisk = mountSmallDisk(64);
afterAll(() => smallDisk?.unmount());

describe('writeFileAtomic', () => {
  it('writes text and bytes, replaces an old file and leaves no other file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFileAtomic(path, 'Wal – 鯨');
    expect(await readFile(path, 'utf8')).toBe('Wal – 鯨');
    await writeFileAtomic(path, Uint8Array.of(0, 255, 10));
    expect([...(await readFile(path))]).toEqual([0, 255, 10]);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('shows a reader the old contents or the new ones, never a mixture', async () => {
    const path = join(await temporaryFolder(), 'file');
    const contents = ['a'.repeat(300_000), 'b'.repeat(500_000)];
    await writeFileAtomic(path, contents[0]!);
    const seen = new Set<string>();
    const progress = { written: 0 };
    const writer = (async () => {
      for (; progress.written < 20; progress.written++)
        await writeFileAtomic(path, contents[progress.written % 2]!);
    })();
    while (progress.written < 20) seen.add(await readFile(path, 'utf8'));
    await writer;
    expect(seen.size).toBeGreaterThan(0);
    for (const text of seen) expect(contents).toContain(text);
  });

  it('lets many writers of one file finish; the last one wins', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(1000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['file']);
  });

  it.each([
    ['a folder that does not exist', 'missing/file', /does not exist; create it first/],
    ['a file in the place of a folder', 'plain/file', /is a file, not a folder/],
    ['a folder in the place of the file', 'folder', /is a folder; a file is needed/],
    ['a name too long for the disk', 'n'.repeat(300), /name is too long/],
  ])('refuses %s in one line that names the path', async (_, name, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'plain'), '');
    await mkdir(join(folder, 'folder'));
    const path = join(folder, name);
    const error: unknown = await writeFileAtomic(path, 'x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    expect(error).toHaveProperty('message', expect.stringContaining(path));
    expect((await readdir(folder)).sort()).toEqual(['folder', 'plain']);
  });

  it.skipIf(process.platform !== 'linux')('refuses a place without permission to write', async () => {
    // The kernel's own file system refuses writes even by root.
    const error: unknown = await writeFileAtomic('/proc/self/x', 'x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', expect.stringMatching(/^\/proc\/self\/x: /));
  });

  it.skipIf(smallDisk === undefined)(
    'keeps the old file and no leftover when the disk is full (needs root to mount a small disk)',
    async () => {
      const folder = smallDisk?.folder ?? '';
      const path = join(folder, 'file');
      await writeFileAtomic(path, 'old');
      const writing = writeFileAtomic(path, new Uint8Array(200_000));
      await expect(writing).rejects.toThrow(
        new InputError(`${path}: the disk is full; free some space or choose a folder on another disk`),
      );
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['file']);
    },
  );
});

describe('removeLeftovers', () => {
  const random = '0123456789ab';
  const deadPid = 4_194_305; // above the highest id that Linux gives

  it('removes only temporary files of ended processes', async () => {
    const folder = await temporaryFolder();
    const kept = ['run.json', '.hidden', `.notes.${deadPid}.tmp`, `.run.json.${process.ppid}-${random}.tmp`];
    for (const name of kept) await writeFile(join(folder, name), '');
    await writeFile(join(folder, `.run.json.${deadPid}-${random}.tmp`), 'half');
    // In a container the killed process may have had our process id.
    await writeFile(join(folder, `.run.json.${process.pid}-${random}.tmp`), 'half');
    await removeLeftovers(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
  });

  it('skips sub-folders unless asked', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'samples', 'deep'), { recursive: true });
    await writeFile(join(folder, 'samples', 'deep', `.1.png.${deadPid}-${random}.tmp`), 'half');
    await removeLeftovers(folder);
    expect(await readdir(join(folder, 'samples', 'deep'))).toHaveLength(1);
    await removeLeftovers(folder, { deep: true });
    expect(await readdir(join(folder, 'samples', 'deep'))).toEqual([]);
  });

  it('removes a file that is hours old even if another process has its process id now', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, `.run.json.${process.ppid}-${random}.tmp`);
    await writeFile(path, 'half');
    const hoursAgo = Date.now() / 1000 - 3 * 3600;
    await utimes(path, hoursAgo, hoursAgo);
    await removeLeftovers(folder);
    await expect(stat(path)).rejects.toHaveProperty('code', 'ENOENT');
  });

  it('finds nothing in a folder that does not exist', async () => {
    await expect(removeLeftovers(join(await temporaryFolder(), 'missing'))).resolves.toBeUndefined();
  });

  it('keeps the temporary file of a write in this process', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    const writing = writeFileAtomic(path, new Uint8Array(5_000_000));
    await Promise.all(Array.from({ length: 20 }, () => removeLeftovers(folder)));
    await writing;
    expect((await stat(path)).size).toBe(5_000_000);
  });
});
