import { chdir, cwd } from 'node:process';
import { vi } from 'vitest';
import { main } from '../main.ts';
import type { Finished } from './program.ts';

/**
 * Runs a command in this process, in a folder: no build is needed and nothing has to start. What it writes is collected, the exit code
 * is what `main` gives. Not for what ends the process, as Ctrl-C does.
 */
export async function runHere(args: readonly string[], folder: string): Promise<Finished> {
  const before = { folder: cwd(), exitCode: process.exitCode };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const listeners = signals.map((signal) => process.listeners(signal));
  const written = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    }),
  );
  chdir(folder);
  process.exitCode = undefined;
  try {
    return { code: await main(args), ...written };
  } finally {
    for (const stream of streams) stream.mockRestore();
    chdir(before.folder);
    process.exitCode = before.exitCode;
    signals.forEach((signal, i) => {
      for (const listener of process.listeners(signal))
        if (!listeners[i]!.includes(listener)) process.removeListener(signal, listener);
    });
  }
}
