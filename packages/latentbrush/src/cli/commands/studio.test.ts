import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, describe } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { built, finish, jsonLines, start } from '../testing/program.ts';
import { refusal } from '../testing/refusal.ts';

describe.skipIf(!built)('latentbrush studio (needs the build in dist/)', () => {
  it('prints an address that opens it, locks its folder, and ends on Ctrl-C', async () => {
    const folder = await temporaryFolder();
    const child = start(['studio', '--port', '0', '--no-open', '--json'], folder);
    const finished = finish(child);
    const [line] = (await once(child.stdout, 'data')) as [string];
    const [studio] = jsonLines(line);
    const url = new URL(studio!.url as string);
    expect(url.hostname).toBe('127.0.0.1');
    expect((await fetch(new URL('/api/jobs', url))).status).toBe(401);
    const entry = await fetch(url, { redirect: 'manual' });
    expect(entry.status).toBe(303);
    const cookie = entry.headers.get('set-cookie')!.split(';')[0]!;
    const jobs = await fetch(new URL('/api/jobs', url), { headers: { cookie } });
    expect(await jobs.json()).toEqual([]);
    const another = await finish(start(['studio', '--port', '0', '--no-open'], folder));
    expect(another).toMatchObject({ code: 2, stdout: '' });
    expect(another.stderr).toMatch(
      /latentbrush-studio: process \d+ has its studio in this folder; wait for it, stop it, or choose another folder\n$/,
    );
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
    expect((await readdir(join(folder, 'latentbrush-studio'))).includes('run.lock')).toBe(false);
  }, 60_000);

  it('refuses a port that another program uses, and a wrong port', async () => {
    const folder = await temporaryFolder();
    const child = start(['studio', '--port', '0', '--no-open', '--json'], folder);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { port } = jsonLines(line.toString())[0] as { port: number };
    const taken = await finish(
      start(['studio', '--port', String(port), '--folder', 'other', '--no-open'], folder),
    );
    expect(taken).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: port ${port}: another program uses it; choose another one, or 0 for any\n`,
    });
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(await refusal(['studio', '--port', '70000', '--no-open'], folder)).toMatch(
      /^error: --port: 70000 was given/,
    );
  }, 60_000);
});
