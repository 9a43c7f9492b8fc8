import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
