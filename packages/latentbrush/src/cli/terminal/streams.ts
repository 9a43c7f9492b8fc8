import { errorCode } from '../../files/file-error.ts';

const NAMES = { stdout: 'standard output', stderr: 'standard error' } as const;

type StreamName = keyof typeof NAMES;

/** A standard stream that cannot be written any more. */
export interface BrokenStream {
  readonly name: StreamName;
  /** The system's code, as `EPIPE` or `ENOSPC`. */
  readonly code: string;
  /** 141 when its reader has gone (128 and the number of SIGPIPE, as shells have it), else 1. */
  readonly exitCode: number;
}

const brokenStreams = new Map<StreamName, BrokenStream>();
let whenBroken: ((stream: BrokenStream) => void) | undefined;

/**
 * Watches standard output and standard error. What fails there does not end the program: who asks by {@link onBrokenStream} can save first.
 * The exit code says it in any case, and the other stream says why, unless a reader has gone, as `head` does. A terminal that is gone stops
 * nothing: a job that was left to run without one runs.
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

/** Streams that cannot be written any more, unless it is a terminal that is gone. */
export function broken(): BrokenStream[] {
  return [...brokenStreams.values()].filter(({ name }) => !process[name].isTTY);
}

/** Calls a function when a stream breaks, in place of the one before. */
export function onBrokenStream(listener: (stream: BrokenStream) => void): void {
  whenBroken = listener;
}

/** Whether people who read a stream can be reached by it. */
export function isOpen(name: StreamName): boolean {
  return !brokenStreams.has(name);
}

/** Writes a line to standard error; to standard output, as an event with `--json`, when that is all that is left. */
export function say(line: string): void {
  if (isOpen('stderr') || !isOpen('stdout')) process.stderr.write(`${line}\n`);
  else if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ type: 'error', message: line })}\n`);
  else process.stdout.write(`${line}\n`);
}
