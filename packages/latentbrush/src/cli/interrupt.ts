/** Exit code of a command that Ctrl-C ended, as shells expect it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/**
 * Turns the first Ctrl-C (or SIGTERM) into an abort signal, so that a job can save and stop; a second one ends the process.
 */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort();
      process.once(signal, () => process.exit(INTERRUPTED));
    });
  }
  return controller.signal;
}
