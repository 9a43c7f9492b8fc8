import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { built, run } from './testing/program.ts';

describe.skipIf(!built)('the command line (needs the build in dist/)', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect((await run(['--version'], '.')).stdout).toBe(`${version}\n`);
  });

  it('alone shows its commands', async () => {
    const { code, stdout } = await run([], '.');
    expect(stdout).toMatch(/text .*dream .*style .*vae .*gan .*remake .*models .*data .*export .*info /s);
    expect(code).toBe(0);
  });

  it('an unknown command ends in one line on standard error and code 2', async () => {
    expect(await run(['paint'], '.')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: unknown command 'paint'; see --help\n$/) as string,
    });
  });
});
