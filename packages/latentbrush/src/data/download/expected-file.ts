import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Known facts about a file. */
export interface ExpectedFile {
  /** Expected SHA-256 as hexadecimal digits. */
  readonly sha256?: string;
  /** Expected MD5 as hexadecimal digits, for sources that publish nothing better. */
  readonly md5?: string;
  /** Expected size in bytes. */
  readonly size?: number;
}

/** The fault of the file at `path`, or undefined when it matches all known facts. */
export async function mismatch(
  path: string,
  { sha256, md5, size }: ExpectedFile,
): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return 'no such file';
  if (size !== undefined && found.size !== size) return `${found.size} bytes, expected ${size}`;
  for (const [algorithm, expected] of [
    ['sha256', sha256],
    ['md5', md5],
  ] as const) {
    if (expected === undefined) continue;
    const digest = await digestOf(path, algorithm);
    if (digest !== expected.toLowerCase()) return `${algorithm} ${digest}, expected ${expected}`;
  }
  return undefined;
}

/** The digest of a file, in hexadecimal digits. */
export async function digestOf(path: string, algorithm: 'sha256' | 'md5'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
