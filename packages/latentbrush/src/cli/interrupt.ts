import type { Output } from './output.ts';

/** Exit code of a command that Ctrl-C ended, as shells expect it: 128 + SIGINT. */
export const INTERRUPTED = 130;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Turns the first Ctrl-C (or SIGTERM) into an abort signal, so that a job can save and stop. From then on the system handles them: one
 * more ends the process at once, also within a long computation, where nobody here would hear of it.
 * @param output told of the first one, where a job works on until its step is done
 */
export function abortOnInterrupt(output?: Output): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    controller.abort();
    output?.note('stopping after this step; once more ends at once');
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return controller.signal;
}
