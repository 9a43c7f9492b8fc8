import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTime } from '../files/process-identity.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { lockRun } from './lock.ts';

/** A process that does nothing until it is killed. */
async function idleProcess(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return { pid: child.pid!, kill };
}

async function runLockedBy(pid: number, change: object = {}): Promise<{ folder: string }> {
  const folder = await temporaryFolder();
  const holder = { id: 'theirs', pid, host: hostname(), startTime: startTime(pid), ...change };
  await writeFile(join(folder, 'run.lock'), JSON.stringify(holder));
  return { folder };
}

describe('the lock of a run', () => {
  it('is refused while it is held, and granted again after release', async () => {
    const run = { folder: await temporaryFolder() };
    const lock = await lockRun(run);
    await expect(lockRun(run)).rejects.toThrow(InputError);
    await expect(lockRun(run)).rejects.toThrow(
      `${run.folder}: process ${process.pid} is training in this run`,
    );
    await lock.release();
    expect(await readdir(run.folder)).toEqual([]);
    await (await lockRun(run)).release();
  });

  it('is released only once: a second call does not release the lock of a later holder', async () => {
    const run = { folder: await temporaryFolder() };
    const first = await lockRun(run);
    await first.release();
    const second = await lockRun(run);
    await first.release();
    await expect(lockRun(run)).rejects.toThrow(InputError);
    await second.release();
  });

  it('is refused while another process holds it, and taken over after that one was killed', async () => {
    const other = await idleProcess();
    const run = await runLockedBy(other.pid);
    await expect(lockRun(run)).rejects.toThrow(`process ${other.pid} is training in this run`);
    await other.kill();
    const lock = await lockRun(run);
    expect(await readFile(join(run.folder, 'run.lock'), 'utf8')).toContain(`"pid":${process.pid}`);
    await lock.release();
  });

  it('is taken over when an earlier process had the id that this one has now', async () => {
    await (await lockRun(await runLockedBy(process.pid))).release();
  });

  it.skipIf(process.platform !== 'linux')(
    'is taken over when its process id now belongs to another process (detected only on Linux)',
    async () => {
      const other = await idleProcess();
      await (await lockRun(await runLockedBy(other.pid, { startTime: '1' }))).release();
    },
  );

  it('is refused when a process on another machine has it, with the file to delete', async () => {
    const run = await runLockedBy(1, { host: 'another-machine' });
    await expect(lockRun(run)).rejects.toThrow(
      /process 1 on another-machine .* delete .*run\.lock if it no longer runs/,
    );
  });

  it.each(['', '{"pid":', 'null'])('is taken over when a crash left it incomplete: %j', async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'run.lock'), text);
    await (await lockRun({ folder })).release();
  });

  it('is granted to one of many at the same time, also when a stale lock exists', async () => {
    const other = await idleProcess();
    await other.kill();
    const run = await runLockedBy(other.pid);
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => lockRun(run)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) if (one.status === 'fulfilled') await one.value.release();
    expect(await readdir(run.folder)).toEqual([]);
  });

  it('is taken over also when a crash interrupted its removal', async () => {
    const other = await idleProcess();
    await other.kill();
    const run = await runLockedBy(other.pid);
    const mark = join(run.folder, 'run.lock.removing');
    await writeFile(mark, '');
    await utimes(mark, 0, 0);
    await (await lockRun(run)).release();
    expect(await readdir(run.folder)).toEqual([]);
  });

  it('names the folder that cannot be written', async () => {
    const folder = join(await temporaryFolder(), 'missing');
    await expect(lockRun({ folder })).rejects.toThrow(InputError);
    await expect(lockRun({ folder })).rejects.toThrow(/run\.lock: the folder to write into does not exist/);
  });
});
