import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/latentbrush/bin/latentbrush.js', import.meta.url));

/**
 * Starts a studio as users do, in its own process and an empty folder.
 * @param {(folder: string) => Promise<void>} [fill] puts files into the folder before the start
 */
export async function startServer(fill) {
  const folder = mkdtempSync(join(tmpdir(), 'studio-bench-'));
  await fill?.(folder);
  const args = [PROGRAM, 'studio', '--port', '0', '--no-open', '--json', '--folder', folder];
  const begin = performance.now();
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end); // also when the bench fails
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  const ready = performance.now() - begin;
  /** @type {string} */
  const { url } = JSON.parse(line);
  return {
    folder,
    /** The address with the token. */
    url,
    /** Milliseconds from the start of the process to the line with the address. */
    ready,
    /** The address of a page: `/go/gallery`. @param {string} path */
    at: (path) => new URL(path, url).href,
    /** Megabytes (of 2^20 bytes) that the process has in memory: now, and the maximum so far. */
    memory: () => {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
      const [now, most] = ['VmRSS', 'VmHWM'].map(
        (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024,
      );
      return { now, most };
    },
    async stop() {
      server.kill('SIGINT');
      await once(server, 'exit');
      process.off('exit', end);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */
