import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const built = existsSync(new URL('../packages/latentbrush/dist/index.js', import.meta.url));
const run = promisify(execFile);

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [fileURLToPath(new URL(name, import.meta.url)), ...args]);
  return stdout;
}

function losses(output: string): number[] {
  return Array.from(output.matchAll(/loss (\d+\.\d+)/g), ([, loss]) => Number(loss));
}

describe.skipIf(!built)('the examples run and make something (needs the build in dist/)', () => {
  it('train-text: the loss falls and a text is written at each temperature', async () => {
    const output = await example('train-text.mjs', '100');
    const [first = 0, last = Infinity] = losses(output);
    expect(last).toBeLessThan(first);
    expect(output.match(/temperature [\d.]+: the whale .{100,}/gs)).not.toBeNull();
  }, 60_000);

  it('engine-from-scratch: the network answers exclusive or', async () => {
    const output = await example('engine-from-scratch.mjs');
    expect(losses(output).at(-1)).toBeLessThan(0.05);
    const answers = Array.from(output.matchAll(/= (\d\.\d+)/g), ([, p]) => Math.round(Number(p)));
    expect(answers).toEqual([0, 1, 1, 0]);
  });
});
