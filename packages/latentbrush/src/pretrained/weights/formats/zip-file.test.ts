import { InputError } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { zipFile } from '../testing/zip-files.ts';
import { isZip, ZipFile } from './zip-file.ts';

const files = { 'a.txt': 'one two two two two', 'folder/b': 'x'.repeat(1000) };

it.each(['stored', 'deflated'] as const)('reads files that are %s', (method) => {
  const bytes = zipFile(files, method);
  const archive = new ZipFile(bytes);
  expect(isZip(bytes)).toBe(true);
  expect(archive.names).toEqual(['a.txt', 'folder/b']);
  const contents = archive.read('a.txt', 100, { check: true });
  expect(Buffer.from(contents!).toString()).toBe(files['a.txt']);
  expect(archive.read('none', 100)).toBeUndefined();
  expect(() => archive.read('folder/b', 999)).toThrow(
    /"folder\/b" in the archive has 1000 bytes, more than the limit of 999/,
  );
});

it('does not unpack more than a file declares', () => {
  const bytes = zipFile({ bomb: new Uint8Array(1_000_000) }, 'deflated');
  const view = new DataView(bytes.buffer);
  const directory = Buffer.from(bytes).indexOf('PK\x01\x02', 'latin1');
  view.setUint32(directory + 24, 100, true);
  expect(() => new ZipFile(bytes).read('bomb', 1000)).toThrow(InputError);
});

it('refuses damaged contents by their checksum', () => {
  const bytes = zipFile(files);
  bytes[40] = bytes[40]! ^ 1;
  expect(() => new ZipFile(bytes).read('a.txt', 100, { check: true })).toThrow(
    /damaged or not a whole zip archive/,
  );
});

it('refuses an archive that is cut off, at any place', () => {
  const bytes = zipFile(files);
  for (let length = 0; length < bytes.length; length += 7) {
    expect(() => new ZipFile(bytes.subarray(0, length))).toThrow(/damaged or not a whole zip archive/);
  }
});

it('reads zip64, as PyTorch writes it', () => {
  const bytes = Buffer.from(zipFile({ a: 'abc' }));
  const end = bytes.length - 22;
  const start = bytes.readUInt32LE(end + 16);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  bytes.writeUInt32LE(0xffffffff, end + 16);
  const archive = new ZipFile(Buffer.concat([bytes.subarray(0, end), end64, locator, bytes.subarray(end)]));
  expect(Buffer.from(archive.read('a', 10)!).toString()).toBe('abc');
});
