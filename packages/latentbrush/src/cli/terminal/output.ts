import { SingleBar } from 'cli-progress';
import { isReaderGone } from './interrupt.ts';
import { isOpen, say } from './streams.ts';

/** Flags of the output that every command has. */
export interface OutputOptions {
  /** Writes only JSON to standard output, one object per line. */
  readonly json?: boolean | undefined;
  /** No progress. */
  readonly quiet?: boolean | undefined;
}

// Without a terminal a line of progress appears this often.
const LINE_INTERVAL_MS = 5000;

/**
 * Where a command writes: results to standard output, progress to standard error (a bar on a terminal, a
 * plain line now and then elsewhere).
 */
export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly terminal: boolean;
  #bar: SingleBar | undefined;
  #lastLine = 0;

  constructor({ json = false, quiet = false }: OutputOptions) {
    this.json = json;
    this.quiet = quiet;
    this.terminal = process.stderr.isTTY;
  }

  /** One JSON object, with `--json` only. */
  event(event: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** Text of a result for people; silent with `--json`. */
  text(text: string): void {
    if (this.json) return;
    this.clearProgress();
    process.stdout.write(text);
  }

  /** A line about the current work; silent with `--json` and `--quiet`. */
  note(line: string): void {
    if (this.json || this.quiet) return;
    this.clearProgress();
    process.stderr.write(`${line}\n`);
  }

  /**
   * A line that people need even with `--quiet`, such as how to continue. Silent with `--json`, whose events contain it.
   */
  important(line: string): void {
    if (this.json && (isOpen('stdout') || isReaderGone())) return;
    this.clearProgress();
    say(line);
  }

  /** The progress of a long job. */
  progress(done: number, total: number, label: string): void {
    if (this.json || this.quiet) return;
    if (this.terminal) {
      this.#bar ??= startBar(total);
      this.#bar.setTotal(total);
      this.#bar.update(done, { label });
      return;
    }
    const now = Date.now();
    if (now - this.#lastLine < LINE_INTERVAL_MS && done < total) return;
    this.#lastLine = now;
    process.stderr.write(`${done}/${total}  ${label}\n`);
  }

  /** Removes the bar before other output; the next progress draws it again. */
  clearProgress(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

function startBar(total: number): SingleBar {
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {label}  ETA {eta_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    stream: process.stderr,
  });
  bar.start(total, 0, { label: '' });
  return bar;
}
