import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun } from './runs/index.ts';
import { systemNamed, systems } from './systems.ts';

const here = import.meta.dirname;

/** A small run of a system: one of version 0.1.0, or a new one of a newer system. */
function folderOf(name: string): string {
  const made = join(here, 'training/testing/runs-0.1.0', name);
  return existsSync(made) ? made : join(here, name, 'testing/run');
}

describe('the systems that leave runs', () => {
  it('are all systems with runs, each once', async () => {
    const files = await readdir(here, { recursive: true });
    const entries = files.filter((file) => /[/\\]system\.ts$/.test(file) && !file.startsWith('training'));
    expect(systems).toHaveLength(entries.length);
    expect(new Set(systems.map(({ name }) => name)).size).toBe(systems.length);
  });

  it('are found by name', () => {
    for (const system of systems) expect(systemNamed(system.name)).toBe(system);
    expect(systemNamed('poems')).toBeUndefined();
  });
});

describe.each(systems.map((system) => [system.name, system] as const))('a run of %s', (name, system) => {
  it('exists for this test', () => {
    const advice = `train a small run of ${name} and copy it to packages/latentbrush/src/${name}/testing/run`;
    expect(existsSync(folderOf(name)), advice).toBe(true);
  });

  it('is described, in lines with a heading', async () => {
    const lines = system.describe(await openRun(folderOf(name)));
    expect(lines.length).toBeGreaterThan(1);
    for (const [heading, text] of lines) {
      expect(heading).toMatch(/^[a-z]{4,11}$/);
      expect(text).not.toMatch(/undefined|^$/);
    }
  });

  it('with only the common parts of a run is described by them', async () => {
    expect(system.describe({ ...(await openRun(folderOf(name))), extra: { dataset: 'torn' } })).toEqual([]);
  });

  it('has losses, and none before anything was measured', () => {
    const { curves, caption } = system.losses([]);
    expect(curves.every((curve) => curve.length === 0)).toBe(true);
    expect(caption).toMatch(/^loss/);
  });

  it('loads its model, and writes it as the listed files', async () => {
    const { onnx } = system;
    const loaded = await system.load(folderOf(name), { threads: 1 });
    expect(loaded.model).toHaveProperty('weights');
    await loaded.release();
    const files = await onnx.files(folderOf(name), {});
    expect(files).toHaveLength(onnx.names?.length ?? 1);
    for (const { bytes, inputs, outputs } of files) {
      expect(bytes.length).toBeGreaterThan(100);
      expect([inputs.length, outputs.length].every((count) => count > 0)).toBe(true);
    }
  });

  it('describes each choice, and refuses others', async () => {
    for (const choice of Object.values(system.onnx.choices.shape)) {
      const meta = (choice as { meta(): Record<string, unknown> | undefined }).meta();
      expect(meta).toMatchObject({
        description: expect.any(String) as string,
        placeholder: expect.any(String) as string,
      });
    }
    if (Object.keys(system.onnx.choices.shape).length > 0)
      await expect(system.onnx.files(folderOf(name), { colour: 'red' })).rejects.toThrow(
        /colour: there is no/,
      );
  });
});
