import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The installed program. */
export const program = fileURLToPath(new URL('../../../bin/latentbrush.js', import.meta.url));

/** Whether the program has been built; tests that run it need that. */
export const built = existsSync(fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url)));

/** The result of a run of the program. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment for a program with its own cache and no data folder, on any machine.
 * @param variables to set in addition
 */
export function environment(cache: string, variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LATENTBRUSH_DATA_DIR: undefined,
    LATENTBRUSH_CACHE_DIR: cache,
    LATENTBRUSH_COMMAND: 'latentbrush',
    ...variables,
  };
}

/** Starts the program in a folder. */
export function start(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { cwd, env });
}

/** Waits for its end. */
export async function finish(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** Runs the program from start to end. */
export async function run(
  args: readonly string[],
  cwd: string,
  stdin = '',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Finished> {
  const child = start(args, cwd, env);
  child.stdin.end(stdin);
  return finish(child);
}

/** The lines that `--json` wrote. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
