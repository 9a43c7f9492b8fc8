import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../runs/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { quick } from '../commands/dream/testing/dreams.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { built, environment, program, type Finished } from '../testing/program.ts';

const rhyme = 'the fox sat on the box and the hen sat in the pen\n'.repeat(40);
/** Enough epochs that it never ends by itself. */
// prettier-ignore
const training = ['text', 'train', 'rhyme.txt', '--run', 'r', '--units', '8', '--window', '8', '--batch-size', '8', '--threads', '1',
  '--epochs', '5000', '--sample-length', '5'];
/** A dream that would take minutes. */
const dreaming = [
  'dream',
  'photo.png',
  '-o',
  'out.png',
  ...quick,
  '--iterations',
  '5000',
  '--max-loss',
  '1e9',
];

async function folderWithRhyme(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'rhyme.txt'), rhyme);
  return folder;
}

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
});

/** A disk that is full. */
async function fullDisk(): Promise<number> {
  const file = await open('/dev/full', 'w');
  opened.push(file);
  return file.fd;
}

/**
 * Runs the program.
 * @param streams standard output and standard error: a pipe, or a file
 * @param meet called after its first step, when there is something to save
 */
async function run(
  args: readonly string[],
  cwd: string,
  streams: readonly ['pipe' | number, 'pipe' | number],
  meet: (child: ChildProcess) => void = () => undefined,
): Promise<Finished> {
  const stdio: StdioOptions = ['ignore', ...streams];
  const child = spawn(process.execPath, [program, ...args], { cwd, env: environment(cwd), stdio });
  const said = { stdout: '', stderr: '' };
  let met = false;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
      if (met || !(said.stdout + said.stderr).includes('loss')) return;
      met = true;
      meet(child);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
}

/** The files of a training that was stopped early: a checkpoint, and no lock. */
async function expectSaved(folder: string): Promise<void> {
  const { step } = await loadCheckpoint({ folder: join(folder, 'r') }, 'latest');
  expect(step).toBeGreaterThan(0);
  expect(await readdir(join(folder, 'r'))).not.toContain('run.lock');
}

const stopped = 'Finishing this step. Press Ctrl-C again to quit now.\n';
const full = 'the disk is full; free some space or choose a file on another disk';
const saved = /interrupted and saved at step \d+: r\n.*latentbrush text train --resume r\n/;

describe.skipIf(!built)('a training (needs the build in dist/)', () => {
  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'that %s ends, sent twice as npm and timeout do, is saved and ends with %i',
    async (signal, code) => {
      const folder = await folderWithRhyme();
      const ended = await run(training, folder, ['pipe', 'pipe'], (child) => {
        child.kill(signal);
        child.kill(signal);
      });
      expect(ended).toMatchObject({ code });
      expect(ended.stderr).toContain(stopped);
      expect(ended.stderr).toMatch(saved);
      await expectSaved(folder);
    },
  );

  it('whose reader has closed the pipe, as head does, is saved without a message and ends with 141', async () => {
    const folder = await folderWithRhyme();
    const ended = await run([...training, '--json'], folder, ['pipe', 'pipe'], ({ stdout }) =>
      stdout!.destroy(),
    );
    expect(ended).toMatchObject({ code: 141, stderr: '' });
    await expectSaved(folder);
  });
});

describe.skipIf(!built || !existsSync('/dev/full'))(
  'a full disk (needs the build in dist/, and /dev/full)',
  () => {
    it.each([['--json'], ['--quiet']])(
      'under standard output is named in one line with %s; a training is saved',
      async (flag) => {
        const folder = await folderWithRhyme();
        const ended = await run([...training, flag], folder, [await fullDisk(), 'pipe']);
        expect(ended.code).toBe(1);
        expect(ended.stderr).toMatch(new RegExp(`^error: standard output: ${full}\n${saved.source}$`));
        await expectSaved(folder);
      },
    );

    it('under standard error is named on standard output; a training is saved', async () => {
      const folder = await folderWithRhyme();
      const ended = await run(training, folder, ['pipe', await fullDisk()]);
      expect(ended.code).toBe(1);
      expect(ended.stdout).toContain(`error: standard error: ${full}\n`);
      expect(ended.stdout).toMatch(saved);
      await expectSaved(folder);
    });

    it('is named by commands that only print, too', async () => {
      const ended = await run(['models', 'list'], await temporaryFolder(), [await fullDisk(), 'pipe']);
      expect(ended).toMatchObject({ code: 1, stderr: `error: standard output: ${full}\n` });
    });
  },
);

describe.skipIf(!built)('a dream (needs the build in dist/)', () => {
  it('is written so far when its terminal or its pipe closes', async () => {
    const photo = { 'photo.png': pattern(110, 100) };
    const closed = await folderOfPictures(photo);
    const hung = await run([...dreaming, '--json'], closed, ['pipe', 'pipe'], (child) =>
      child.kill('SIGHUP'),
    );
    expect(hung).toMatchObject({ code: 129, stderr: '' });
    expect(await readdir(closed)).toEqual(['out.png', 'photo.png']);
    const read = await folderOfPictures(photo);
    const ended = await run([...dreaming, '--json'], read, ['pipe', 'pipe'], ({ stdout }) =>
      stdout!.destroy(),
    );
    expect(ended).toMatchObject({ code: 141, stderr: '' });
    expect(await readdir(read)).toEqual(['out.png', 'photo.png']);
  });
});
