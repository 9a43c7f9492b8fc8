import { isMainThread } from 'node:worker_threads';

/** The variable of the process that ONNX Runtime reads when it creates its environment, with the first session. */
const VARIABLE = 'ORT_DISABLE_TELEMETRY';
/** How long a worker thread waits for the main thread, in milliseconds. The answer usually takes one. */
const PATIENCE = 5000;

const wasOff = process.env[VARIABLE] === '1';
process.env[VARIABLE] = '1';

/**
 * Switches off the telemetry of ONNX Runtime, which would keep events under `~/.cache/Microsoft` and send them to Microsoft.
 * Loading this module does it in the main thread. A worker thread has only a copy of the variables, which native code does not see,
 * so there the main thread is asked to set the variable.
 * @throws Error in a worker thread whose main thread does not answer, unless the variable was 1 before
 */
export const switchOffTelemetry: () => Promise<void> = isMainThread
  ? () => Promise.resolve()
  : once(askMainThread);

async function askMainThread(): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const { Session } = await import('node:inspector/promises');
    const session = new Session();
    session.connectToMainThread();
    const answer = session.post('Runtime.evaluate', { expression: `process.env.${VARIABLE} = '1'` });
    // The timer also keeps this thread alive; waiting for an answer does not.
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer')), PATIENCE);
    });
    await Promise.race([answer, tooLate]);
    session.disconnect();
  } catch (cause) {
    if (wasOff) return; // the main thread, or who started Node, has set it
    throw new Error(
      `ONNX Runtime: its telemetry cannot be switched off from this worker thread; start Node with ${VARIABLE}=1, or import the library in the main thread first`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

function once(task: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= task());
}
