import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { call } from './call.ts';

/**
 * Runs the program on input that it must refuse: one line on standard error, exit code 2, nothing on standard
 * output, and the same files in the folder as before.
 * @returns the line
 */
export async function refusal(args: readonly string[], folder: string): Promise<string> {
  const before = (await readdir(folder, { recursive: true })).sort();
  const { code, stdout, stderr } = await call(args, folder);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(before);
  return stderr;
}
