import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { image } from 'latentbrush';

const built = existsSync(new URL('../packages/latentbrush/dist/index.js', import.meta.url));
const run = promisify(execFile);

// What the examples write goes here.
const folder = await mkdtemp(join(tmpdir(), 'latentbrush-examples-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function example(name: string, ...args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await run(process.execPath, [path, ...args], { cwd: folder });
  return stdout;
}

// Height, width and how many values the picture has that are not all alike.
async function written(name: string): Promise<{ height: number; width: number; values: number }> {
  const { height, width, data } = await image.readPicture(join(folder, name));
  return { height, width, values: new Set(data).size };
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

  it('dream: the loss grows and the picture is written', async () => {
    const output = await example('dream.mjs', '480', '10');
    const [early = Infinity, late = 0] = losses(output); // both of the first octave
    expect(late).toBeGreaterThan(early);
    expect((await written('dream.png')).values).toBeGreaterThan(100);
    expect(Math.max(...Object.values(await written('dream.png')).slice(0, 2))).toBe(480);
  }, 60_000);

  it('style: the loss falls and the picture is written', async () => {
    const output = await example('style.mjs', '96', '2');
    const found = losses(output);
    expect(found.at(-1)).toBeLessThan(found[0]!);
    expect(await written('painting.png')).toMatchObject({ height: 96 });
  }, 60_000);

  it('vae: the loss falls, and a face is bent in six steps', async () => {
    const output = await example('vae.mjs', '2');
    const [first = 0, last = Infinity] = losses(output);
    expect(last).toBeLessThan(first);
    expect(output).toMatch(/is right about \d+ % of faces/);
    expect((await written('smile.png')).values).toBeGreaterThan(50);
  }, 60_000);

  it('gan: both networks are trained and pictures are drawn', async () => {
    const output = await example('gan.mjs', '10');
    expect(output).toMatch(/^10 {2}discriminator loss \d\.\d+ {2}generator loss -?\d\.\d+$/m);
    expect((await written('generated.png')).values).toBeGreaterThan(3);
  }, 60_000);

  it('engine-from-scratch: the network answers exclusive or', async () => {
    const output = await example('engine-from-scratch.mjs');
    expect(losses(output).at(-1)).toBeLessThan(0.05);
    const answers = Array.from(output.matchAll(/= (\d\.\d+)/g), ([, p]) => Math.round(Number(p)));
    expect(answers).toEqual([0, 1, 1, 0]);
  });
});
