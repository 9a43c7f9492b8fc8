import { broken, onBrokenStream, type BrokenStream } from './streams.ts';

/** Exit codes, as in shells: 128 plus the number of the signal. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof CODES;

/**
 * Signals within this time count as one: `timeout`, npm and closing terminals send one twice.
 */
export const ECHO_MS = 500;

/** The reason why the job of this process ended. A process has one job, and one set of signals and streams. */
let cause: StopSignal | BrokenStream | undefined;

/** The messages of a command while it stops. */
interface Notes {
  note(line: string): void;
}

/**
 * Makes an abort signal for everything that asks this process to stop, so that a job can save and stop:
 * Ctrl-C, SIGTERM, SIGHUP (the terminal was closed), and a standard stream that can no longer be written.
 * After half a second the system handles Ctrl-C and SIGTERM: the next one ends the process at once, even
 * during a long computation, which handlers here cannot interrupt.
 * @param output reports that the job finishes its step first
 */
export function abortOnInterrupt(output?: Notes): AbortSignal {
  const controller = new AbortController();
  const stop = (by: StopSignal | BrokenStream): void => {
    if (controller.signal.aborted) return;
    cause = by;
    controller.abort();
    // A terminal that closes sends SIGHUP again when its shell ends: that changes nothing.
    const given = listeners.filter(({ signal }) => signal !== 'SIGHUP');
    setTimeout(() => {
      for (const { signal, listener } of given) process.removeListener(signal, listener);
    }, ECHO_MS).unref();
  };
  const listeners = (Object.keys(CODES) as StopSignal[]).map((signal) => ({
    signal,
    listener: (): void => {
      if (controller.signal.aborted) return;
      stop(signal);
      output?.note('Finishing this step. Press Ctrl-C again to quit now.');
    },
  }));
  cause = undefined;
  for (const { signal, listener } of listeners) process.on(signal, listener);
  onBrokenStream(stop);
  const [lost] = broken();
  if (lost !== undefined) stop(lost);
  return controller.signal;
}

/** Whether the job ended because its reader closed the stream, as `head` does: then no message is needed. */
export function isReaderGone(): boolean {
  return typeof cause === 'object' && cause.code === 'EPIPE';
}

/**
 * The exit code of a job that stopped early: 130 for Ctrl-C, 129, 143, and for streams see {@link
 * BrokenStream}.
 */
export function interruptedCode(): number {
  if (cause === undefined) return CODES.SIGINT;
  return typeof cause === 'object' ? cause.exitCode : CODES[cause];
}

/** Sets it as the exit code of this process. */
export function endInterrupted(): void {
  process.exitCode = interruptedCode();
}
