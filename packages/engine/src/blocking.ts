/** Learns when this thread is busy for long, and cannot handle events such as signals. */
export interface BlockingWatcher {
  /**
   * Long work begins. Works can overlap.
   * @param repeats how often the same work was done before: 0 for what prepares a computation, and for its first run
   * @returns a promise if the work must wait for it, for example until waiting events are handled
   */
  begin(repeats: number): Promise<void> | undefined;
  /** Long work has ended, or failed. */
  end(): void;
}

let watcher: BlockingWatcher | undefined;

/**
 * Sets who learns when this thread is busy for long: while ONNX Runtime loads or runs a graph, or a large text is read. A program can then
 * leave its signals to the system.
 * @param next undefined: nobody
 * @example
 * watchBlocking({
 *   begin: () => void process.removeListener('SIGINT', stop), // Ctrl-C ends the program
 *   end: () => process.on('SIGINT', stop),
 * });
 */
export function watchBlocking(next: BlockingWatcher | undefined): void {
  watcher = next;
}

/**
 * Does work that keeps this thread busy for long, all the time or in parts.
 * @param repeats see {@link BlockingWatcher.begin}
 * @example
 * const weights = await blocking(() => parameters.initialize(new Random(1)));
 */
export async function blocking<T>(work: () => T | Promise<T>, repeats = 0): Promise<T> {
  const watched = watcher;
  const wait = watched?.begin(repeats);
  try {
    if (wait !== undefined) await wait;
    return await work();
  } finally {
    watched?.end();
  }
}
