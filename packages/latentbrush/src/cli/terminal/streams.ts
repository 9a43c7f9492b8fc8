import { errorCode } from '../../files/file-error.ts';

const NAMES = { stdout: 'standard output', stderr: 'standard error' } as const;

type StreamName = keyof typeof NAMES;

/** A standard stream that can no longer be written. */
export interface BrokenStream {
  readonly name: StreamName;
  /** The system's code, such as `EPIPE` or `ENOSPC`. */
  readonly code: string;
  /** 141 when its reader has closed it (128 plus the number of SIGPIPE, as in shells), else 1. */
  readonly exitCode: number;
}

const brokenStreams = new Map<StreamName, BrokenStream>();
let whenBroken: ((stream: BrokenStream) => void) | undefined;

/**
 * Watches standard output and standard error. A failure there does not end the program: callers of {@link
 * onBrokenStream} can save first. The exit code always shows it. The other stream says why, unless the reader
 * closed the stream, as `head` does. A lost terminal stops nothing: a job that was left running without one
 * continues.
 */
export function watchStreams(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('error', (error: Error) => {
      const code = errorCode(error) ?? 'unknown';
      if (brokenStreams.has(name)) return;
      const isGone = process[name].isTTY; // EIO
      const stream = { name, code, exitCode: code === 'EPIPE' ? 141 : 1 };
      brokenStreams.set(name, stream);
      if (isGone) return;
      if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = stream.exitCode;
      if (code !== 'EPIPE') say(`error: ${NAMES[name]}: ${reason(code, error)}`);
      whenBroken?.(stream);
    });
  }
}

function reason(code: string, { message }: Error): string {
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? 'the disk is full; free some space or choose a file on another disk'
    : `cannot be written (${message})`;
}

/** Streams that can no longer be written, except lost terminals. */
export function broken(): BrokenStream[] {
  return [...brokenStreams.values()].filter(({ name }) => !process[name].isTTY);
}

/** Sets the function to call when a stream breaks; replaces the previous one. */
export function onBrokenStream(listener: (stream: BrokenStream) => void): void {
  whenBroken = listener;
}

/** Whether a stream still reaches its reader. */
export function isOpen(name: StreamName): boolean {
  return !brokenStreams.has(name);
}

/**
 * Writes a line to standard error; if only standard output is left, writes it there, with `--json` as an
 * event.
 */
export function say(line: string): void {
  if (isOpen('stderr') || !isOpen('stdout')) process.stderr.write(`${line}\n`);
  else if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ type: 'error', message: line })}\n`);
  else process.stdout.write(`${line}\n`);
}
