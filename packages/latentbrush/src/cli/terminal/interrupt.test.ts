import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { built } from '../testing/program.ts';

const module = new URL('../../../dist/cli/terminal/interrupt.js', import.meta.url).href;

/** A job that computes for a second after the stop request, without handling events. */
const stubborn = `
  import { abortOnInterrupt } from '${module}';
  const signal = abortOnInterrupt({ note: (line) => process.stderr.write(line) });
  signal.addEventListener('abort', () => setTimeout(() => { process.stdout.write('busy'); for (;;); }, 1000));
  setInterval(() => {}, 1000);
  process.stdout.write('ready');
`;

describe.skipIf(!built)('Ctrl-C (needs the build in dist/)', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('%s stops, and says so; %s ends at once, also in a long computation', async (first, second) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', stubborn]);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    await once(child.stdout, 'data');
    child.kill(first);
    expect(String((await once(child.stdout, 'data'))[0])).toBe('busy');
    child.kill(second);
    expect(await once(child, 'close')).toEqual([null, second]);
    expect(said).toBe('Finishing this step. Press Ctrl-C again to quit now.');
  });
});

/** A job that has nothing to save yet, in a process of its own. */
const preparing = (work: string): string => `
  import { blocking } from '@latentbrush/engine';
  import { abortOnInterrupt, keepResults, ownProcess } from '${module}';
  ownProcess();
  const note = (line) => process.stderr.write(line);
  const signal = abortOnInterrupt({ note }, { preparing: true });
  const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end;); };
  const say = (text) => new Promise((done) => process.stdout.write(text, done));
  ${work}
`;

describe.skipIf(!built)('Ctrl-C before there is anything to save (needs the build in dist/)', () => {
  const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));

  async function interrupted(
    work: string,
    signal: NodeJS.Signals,
  ): Promise<{ end: unknown; ms: number; said: string }> {
    const script = ['--input-type=module', '-e', preparing(work)];
    const child = spawn(process.execPath, script, { cwd: packageFolder });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    await once(child.stdout, 'data');
    const begin = Date.now();
    child.kill(signal);
    const end = await once(child, 'close');
    return { end, ms: Date.now() - begin, said };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the process at once while it is busy', async (signal) => {
    const { end, ms, said } = await interrupted(
      "await blocking(() => say('x').then(() => busy(20_000)));",
      signal,
    );
    expect(end).toEqual([null, signal]);
    expect(ms).toBeLessThan(8000);
    expect(said).toBe('');
  });

  it('a signal that came just before is not lost', async () => {
    const work = "await say('x'); busy(1000); await blocking(() => busy(20_000));";
    const { end, ms } = await interrupted(work, 'SIGINT');
    expect(end).toEqual([null, 'SIGINT']);
    expect(ms).toBeLessThan(8000);
  });

  it('it ends the process soon if the job does not stop by itself', async () => {
    const { end, ms, said } = await interrupted("setTimeout(() => {}, 20_000); await say('x');", 'SIGTERM');
    expect(end).toEqual([null, 'SIGTERM']);
    expect(ms).toBeLessThan(8000);
    expect(said).toBe(
      'Finishing this step. Press Ctrl-C again to quit now.interrupted: there was nothing to save yet\n',
    );
  });

  it.each([
    ['it was said that there is', 'keepResults(); await blocking(work);'],
    ['a computation is repeated', 'await blocking(work, 1);'],
  ])('but saves once %s', async (_, work) => {
    const saving = `const work = () => say('x').then(() => busy(2000)); ${work} await new Promise(setImmediate);
      await new Promise(setImmediate); process.exitCode = signal.aborted ? 9 : 8;`;
    const { end, said } = await interrupted(saving, 'SIGINT');
    expect(end).toEqual([9, null]);
    expect(said).toBe('Finishing this step. Press Ctrl-C again to quit now.');
  });
});
