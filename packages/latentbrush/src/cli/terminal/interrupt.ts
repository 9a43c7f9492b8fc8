import { watchBlocking, type BlockingWatcher } from '@latentbrush/engine';
import { broken, onBrokenStream, say, type BrokenStream } from './streams.ts';

/** Exit codes, as in shells: 128 plus the number of the signal. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof CODES;

/**
 * Signals within this time count as one: `timeout`, npm and closing terminals send one twice.
 */
export const ECHO_MS = 500;

/**
 * A job that has nothing to keep yet ends by itself within this time, or the process is ended: some work cannot be stopped in the middle.
 */
const GRACE_MS = 500;

/** The reason why the job of this process ended. A process has one job, and one set of signals and streams. */
let cause: StopSignal | BrokenStream | undefined;

/** Whether the job has something that it would save. */
let hasResults = false;

/** Whether this process may be ended here, because it runs nothing but a command. */
let isOwn = false;

/** Says that this process runs only the command line, so that a signal may end it at any time. */
export function ownProcess(): void {
  isOwn = true;
}

/** The messages of a command while it stops. */
interface Notes {
  note(line: string): void;
}

/**
 * Makes an abort signal for everything that asks this process to stop, so that a job can save and stop:
 * Ctrl-C, SIGTERM, SIGHUP (the terminal was closed), and a standard stream that can no longer be written.
 * After half a second the system handles Ctrl-C and SIGTERM: the next one ends the process at once, even
 * during a long computation, which handlers here cannot interrupt.
 *
 * With `preparing`, the job has nothing to save until {@link keepResults} is called, or a computation is repeated. Until then, Ctrl-C
 * and SIGTERM end a process of its own within half a second, and at once while this thread is busy, when no handler could run.
 * @param output reports that the job finishes its step first
 */
export function abortOnInterrupt(
  output?: Notes,
  { preparing = false }: { readonly preparing?: boolean } = {},
): AbortSignal {
  const controller = new AbortController();
  const stop = (by: StopSignal | BrokenStream): void => {
    if (controller.signal.aborted) return;
    cause = by;
    controller.abort();
    // A terminal that closes sends SIGHUP again when its shell ends: that changes nothing.
    setTimeout(() => setHandled(endings, false), ECHO_MS).unref();
    if (typeof by === 'string') setTimeout(() => endBy(by), GRACE_MS).unref();
  };
  const listeners = (Object.keys(CODES) as StopSignal[]).map((signal) => ({
    signal,
    listener: (): void => {
      if (controller.signal.aborted) return;
      stop(signal);
      output?.note('Finishing this step. Press Ctrl-C again to quit now.');
    },
  }));
  const endings = listeners.filter(({ signal }) => signal !== 'SIGHUP');
  cause = undefined;
  hasResults = !preparing;
  setHandled(listeners, true);
  if (isOwn) watchBlocking(leavingToSystem(endings, controller.signal));
  onBrokenStream(stop);
  const [lost] = broken();
  if (lost !== undefined) stop(lost);
  return controller.signal;
}

/** Leaves signals to the system while this thread is busy and there is nothing to save. */
function leavingToSystem(handlers: readonly Handler[], signal: AbortSignal): BlockingWatcher {
  let depth = 0;
  let isLeft = false;
  return {
    begin: (repeats) => {
      if (repeats > 0) keepResults();
      depth += 1;
      if (hasResults) return undefined;
      // A signal that has come but is not handled yet would be lost with its handler. A whole turn of the loop handles it; the first of these
      // can come in the turn that has looked for signals already.
      return turnOfLoop()
        .then(turnOfLoop)
        .then(() => {
          if (typeof cause === 'string') endBy(cause);
          if (depth === 0 || isLeft || signal.aborted) return;
          isLeft = true;
          setHandled(handlers, false);
        });
    },
    end: () => {
      depth -= 1;
      if (depth > 0 || !isLeft) return;
      isLeft = false;
      if (!signal.aborted) setHandled(handlers, true);
    },
  };
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Says that the job has results, so that it saves them when it is asked to stop. */
export function keepResults(): void {
  hasResults = true;
}

interface Handler {
  readonly signal: StopSignal;
  readonly listener: () => void;
}

function setHandled(handlers: readonly Handler[], handled: boolean): void {
  for (const { signal, listener } of handlers) {
    process.removeListener(signal, listener);
    if (handled) process.on(signal, listener);
  }
}

/** Ends this process as the system does at a signal, so that no thread delays it. */
function endBy(signal: StopSignal): void {
  if (hasResults || !isOwn) return;
  say('interrupted: there was nothing to save yet');
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
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
