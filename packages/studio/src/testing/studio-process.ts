import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../latentbrush/bin/latentbrush.js', import.meta.url));

/** A studio that is a process of its own, so that it can be killed. */
export class StudioProcess {
  readonly #child: ChildProcess;
  /** The printed address. */
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts one. @param port 0 for a free one */
  static async start(folder: string, port = 0): Promise<StudioProcess> {
    const flags = ['--folder', folder, '--port', String(port), '--no-open', '--offline', '--json'];
    const child = spawn(process.execPath, [program, 'studio', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout))
      return new StudioProcess(child, (JSON.parse(line) as { url: string }).url);
    throw new Error('the studio ended before it printed its address');
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Kills it: it saves nothing. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
