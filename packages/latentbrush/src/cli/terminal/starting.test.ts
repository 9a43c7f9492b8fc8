import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { built, environment, program } from '../testing/program.ts';

/** The rule is one second. A busy machine gets more; what ran to its end before took ten and more. */
const SOON_MS = 4000;

/** Work of many seconds in each phase of a training before its first step, and in the first step. */
const PHASES = {
  'counts and numbers a large text': { text: 6_000_000, args: ['--level', 'word'], after: 900 },
  'draws the weights of 2048 units': { text: 20_000, args: ['--units', '2048'], after: 1500 },
  'computes its first step': {
    text: 40_000,
    args: ['--window', '3000', '--units', '512', '--threads', '1'],
    after: 3500,
  },
  'computes its first step in shards': {
    text: 40_000,
    args: ['--window', '3000', '--units', '512', '--batch-size', '128', '--shards', '2', '--threads', '2'],
    after: 3500,
  },
} as const;

describe.skipIf(!built)(
  'Ctrl-C ends a training at once (needs the build in dist/)',
  { timeout: 60_000 },
  () => {
    const cases = Object.entries(PHASES).flatMap(([phase, work]) =>
      (['SIGINT', 'SIGTERM'] as const).map((signal) => ({ phase, signal, ...work })),
    );
    it.each(cases)('while it $phase ($signal)', async ({ text, args, after, signal }) => {
      const folder = await temporaryFolder();
      const word = (i: number): string => 'kqxzjvwpbgfmycuhdlrsoniate '.slice(i % 26, (i % 26) + 1 + (i % 7));
      const corpus = Array.from({ length: text / 5 }, (_, i) => `${word(i * i)}${word(i * 7)}`).join(' ');
      await writeFile(join(folder, 'corpus.txt'), corpus);
      const training = ['text', 'train', 'corpus.txt', '--run', 'r', '--sample-length', '0', ...args];
      const child = spawn(process.execPath, [program, ...training], {
        cwd: folder,
        env: environment(folder),
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      const closed = once(child, 'close');
      const timer = setTimeout(() => child.kill(signal), after);
      const begin = Date.now();
      const [code, by] = (await closed) as [number | null, NodeJS.Signals | null];
      clearTimeout(timer);
      expect(Date.now() - begin - after).toBeLessThan(SOON_MS);
      expect(said).not.toContain('loss');
      expect(by ?? code).toBe(by === null ? { SIGINT: 130, SIGTERM: 143 }[signal] : signal);
      // At most a run without a checkpoint, which can be continued; nothing half-written.
      const files = await readdir(folder, { recursive: true });
      expect(files.filter((file) => /\.tmp|partial|checkpoints.+/.test(file))).toEqual([]);
    });
  },
);
