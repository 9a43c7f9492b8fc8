import { fork, type ChildProcess } from 'node:child_process';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';
import type { StoredEvent } from './job-queue.ts';

/** How a worker ended. */
export type WorkerEnd = Exclude<FromWorker, { type: 'event' }>;

/** The process of one job. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** How the job ended, also when its process crashed or was killed. */
  readonly ended: Promise<WorkerEnd>;

  /**
   * @param program the compiled `worker.js`
   * @param order what to do
   * @param folder its working folder
   * @param onEvent called for each event of the job, in order
   */
  constructor(
    program: URL,
    order: WorkerOrder,
    folder: string,
    onEvent: (event: StoredEvent) => void = () => undefined,
  ) {
    // Structured clones keep NaN and typed arrays; JSON does not.
    this.#child = fork(program, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      cwd: folder,
    });
    let complaint = '';
    this.#child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
    let last: WorkerEnd | undefined;
    this.#child.on('message', (message: FromWorker) => {
      if (message.type === 'event') onEvent(message.event);
      else last = message;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) =>
        resolve({ type: 'error', error: [`the job could not start: ${error.message}`] }),
      );
      this.#child.once('close', (code, signal) =>
        resolve(last ?? { type: 'error', error: [crashed(code, signal, complaint)] }),
      );
    });
    this.#send(order);
  }

  /** Asks the job to end at its next safe point. */
  cancel(): void {
    this.#send({ type: 'cancel' });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // a worker that has just ended receives nothing
  }
}

function crashed(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  if (signal === 'SIGKILL') return 'the process of the job was killed, possibly for lack of memory';
  const [line = ''] = complaint.split('\n').filter((text) => /error/i.test(text));
  return `the process of the job crashed (${signal ?? `exit code ${code ?? 1}`})${line === '' ? '' : `: ${line.trim()}`}`;
}
