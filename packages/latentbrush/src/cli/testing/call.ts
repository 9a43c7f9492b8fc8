import { main } from '../main.ts';
import { environment, type Finished } from './program.ts';

/** When Ctrl-C is pressed. */
export interface CallOptions {
  /** When standard output contains this text; with '' when the command listens for Ctrl-C. */
  readonly interruptAfter?: string;
  /** Milliseconds to wait after that. */
  readonly interruptDelay?: number;
}

const home = process.cwd();
const originals = { stdout: process.stdout.write, stderr: process.stderr.write };

/**
 * Runs the command line in a folder and in this process. It runs the program in this process, without the half second of start-up and
 * without a build. Make one call at a time.
 */
export async function call(
  args: readonly string[],
  folder: string,
  { interruptAfter, interruptDelay = 0 }: CallOptions = {},
): Promise<Finished> {
  const { env, exitCode } = process;
  const listening = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => ({
    signal,
    before: process.listeners(signal),
  }));
  const added = (): { signal: NodeJS.Signals; listener: () => void }[] =>
    listening.flatMap(({ signal, before }) =>
      process
        .listeners(signal)
        .filter((listener) => !before.includes(listener))
        .map((listener) => ({ signal, listener: listener as () => void })),
    );
  let pressed = false;
  const press = (): void => {
    if (interruptAfter === undefined || pressed || !written.stdout.includes(interruptAfter)) return;
    const [first] = added();
    if (first === undefined) return;
    pressed = true;
    if (interruptDelay > 0) setTimeout(first.listener, interruptDelay);
    else first.listener();
  };
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (chunk: string | Uint8Array): boolean => {
      written[stream] += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      press();
      return true;
    };
  }
  // A timer would be too late: the first steps can end before it fires.
  const pressWhenAdded = (): void => queueMicrotask(press);
  process.on('newListener', pressWhenAdded);
  process.env = environment(folder);
  process.exitCode = undefined;
  process.chdir(folder);
  try {
    return { code: await main(args), ...written };
  } finally {
    process.off('newListener', pressWhenAdded);
    process.chdir(home);
    process.env = env;
    process.exitCode = exitCode;
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
    for (const { signal, listener } of added()) process.removeListener(signal, listener);
  }
}
