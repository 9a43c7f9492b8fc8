// A peer is a process that waits for a case's name on standard input, runs it once and answers with one line, so that only one
// program works at a time. The line is the milliseconds; or, for a case that evaluates a loss and its gradient, `milliseconds loss
// gradient`, where the last is the mean of the gradient's magnitudes, by which is seen that all peers do the same work; or `!`
// and the reason why it cannot do this case.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts a peer. Gives undefined when it cannot be used, having said why.
 * @param {string} name
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} advice how to install it
 */
export async function startPeer(name, program, args, advice) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((resolve) => {
    child.once('error', (error) => resolve({ value: undefined, error }));
    child.once('exit', () => resolve({ value: undefined, done: true }));
  });
  const answer = async () => (await Promise.race([lines.next(), failed])).value;
  const hello = await answer();
  if (hello === undefined) {
    console.error(
      `${name}: left out (${errors.trim().split('\n').at(-1) || 'cannot be started'}). ${advice}`,
    );
    return undefined;
  }
  return {
    name,
    version: hello,
    /**
     * One run of a case: `{ time, loss, gradient }`, time in milliseconds, the others undefined where the case has none.
     * Undefined when the peer cannot do it.
     */
    run: async (benchCase) => {
      child.stdin.write(`${benchCase}\n`);
      const line = await answer();
      if (line === undefined)
        throw new Error(`${name} ended during ${benchCase}: ${errors.trim().split('\n').at(-1)}`);
      if (line.startsWith('!')) {
        console.error(`${name}, ${benchCase}: ${line.slice(1)}`);
        return undefined;
      }
      const [time, loss, gradient] = line.split(' ').map(Number);
      return { time, loss, gradient };
    },
    stop: () => child.kill(),
  };
}
