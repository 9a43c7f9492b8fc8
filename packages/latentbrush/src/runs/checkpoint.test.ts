import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSafetensors, float32, InputError, int64 } from '@latentbrush/engine';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mountSmallDisk } from '../testing/small-disk.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { DamagedCheckpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
import { loadCheckpoint, saveCheckpoint, savedSteps } from './checkpoint.ts';

const smallDisk = mountSmallDisk(64);
afterAll(() => smallDisk?.unmount());

const tensors = { kernel: float32([1, -2.5, 3e-8, 4], [2, 2]), 'adam/count': int64([12]) };
const state = { epoch: 3, random: { words: [1, 2, 3, 4], spare: null }, note: 'quotes " and "checksum":"00' };

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return error instanceof Error ? error.message : '';
}

async function runWithCheckpoints(...steps: number[]): Promise<{ folder: string; files: string }> {
  const folder = await temporaryFolder();
  for (const step of steps) await saveCheckpoint({ folder }, step, tensors, { step });
  return { folder, files: join(folder, 'checkpoints') };
}

describe('the bytes of a checkpoint', () => {
  const bytes = encodeCheckpoint({ step: 1234, tensors, state });

  it('contain the step, the tensors and the state', () => {
    expect(decodeCheckpoint(bytes, 'x')).toEqual({ step: 1234, tensors, state });
  });

  it('are the same for the same contents', () => {
    expect(encodeCheckpoint({ step: 1234, tensors, state })).toEqual(bytes);
  });

  it('contain any state that JSON can express, even one that looks like a checksum', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, step) => {
        const looksLike = { value, text: `"checksum":"${'0'.repeat(64)}"` };
        const read = decodeCheckpoint(encodeCheckpoint({ step, tensors: {}, state: looksLike }), 'x');
        expect(JSON.stringify(read.state)).toBe(JSON.stringify(looksLike));
        expect(read.step).toBe(step);
      }),
    );
  });

  it('are refused when any bit of them is flipped', () => {
    for (let place = 0; place < bytes.length; place++) {
      for (let bit = 0; bit < 8; bit++) {
        const altered = Uint8Array.from(bytes);
        altered[place] = altered[place]! ^ (1 << bit);
        expect(() => decodeCheckpoint(altered, 'x'), `byte ${place}, bit ${bit}`).toThrow(DamagedCheckpoint);
      }
    }
  });

  it('are refused when truncated anywhere', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.slice(0, length), 'x'), `${length} bytes`).toThrow(
        DamagedCheckpoint,
      );
    }
  });

  it('are refused when bytes are changed, inserted or deleted anywhere', () => {
    const edit = fc.record({
      place: fc.nat(bytes.length),
      removed: fc.nat(40),
      added: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(edit, ({ place, removed, added }) => {
        const altered = Buffer.concat([bytes.slice(0, place), added, bytes.slice(place + removed)]);
        fc.pre(!altered.equals(bytes));
        expect(() => decodeCheckpoint(altered, 'x')).toThrow(DamagedCheckpoint);
      }),
    );
  });
});

describe('saveCheckpoint', () => {
  it('keeps the newest two', async () => {
    const run = await runWithCheckpoints(5, 900, 1234);
    expect((await readdir(run.files)).sort()).toEqual([
      'step-00000900.safetensors',
      'step-00001234.safetensors',
    ]);
    expect(await savedSteps(run)).toEqual([1234, 900]);
  });

  it('keeps the best beside them', async () => {
    const run = await runWithCheckpoints();
    await saveCheckpoint(run, 1, tensors, 'first', { best: true });
    for (const step of [2, 3, 4]) await saveCheckpoint(run, step, tensors, 'later');
    expect(await loadCheckpoint(run, 'best')).toEqual({ step: 1, tensors, state: 'first' });
    expect(await loadCheckpoint(run, 'latest')).toEqual({ step: 4, tensors, state: 'later' });
    await saveCheckpoint(run, 5, tensors, 'better', { best: true });
    expect(await loadCheckpoint(run, 'best')).toEqual({ step: 5, tensors, state: 'better' });
  });

  it('removes those of later steps when the training continued from an earlier one', async () => {
    const run = await runWithCheckpoints(100, 200);
    await saveCheckpoint(run, 150, tensors, 'again');
    expect(await savedSteps(run)).toEqual([150, 100]);
  });

  it('names a file in place of the folder', async () => {
    const run = await runWithCheckpoints();
    await writeFile(run.files, '');
    expect(await messageOf(saveCheckpoint(run, 1, tensors, null))).toContain(run.files);
  });

  it.skipIf(smallDisk === undefined)(
    'says that the disk is full and keeps the last good checkpoint (needs root to mount a small disk)',
    async () => {
      const run = { folder: smallDisk?.folder ?? '' };
      await saveCheckpoint(run, 1, tensors, 'good', { best: true });
      const large = { kernel: float32(new Float32Array(40_000)) };
      expect(await messageOf(saveCheckpoint(run, 2, large, 'too large'))).toMatch(
        /step-00000002\.safetensors: the disk is full/,
      );
      expect(await loadCheckpoint(run, 'latest')).toMatchObject({ step: 1, state: 'good' });
      expect((await readdir(join(run.folder, 'checkpoints'))).sort()).toEqual([
        'best.safetensors',
        'step-00000001.safetensors',
      ]);
    },
  );
});

describe('loadCheckpoint', () => {
  it('says when there is none', async () => {
    const run = await runWithCheckpoints();
    expect(await messageOf(loadCheckpoint(run, 'latest'))).toMatch(/has no checkpoint yet/);
    await saveCheckpoint(run, 1, tensors, null);
    expect(await messageOf(loadCheckpoint(run, 'best'))).toMatch(
      /has no best checkpoint yet; use the latest/,
    );
  });

  it('names a damaged file, and the one before it to continue from after deleting it', async () => {
    const run = await runWithCheckpoints(1, 2);
    const file = join(run.files, 'step-00000002.safetensors');
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    expect(await messageOf(loadCheckpoint(run, 'latest'))).toBe(
      `${file}: damaged (its checksum does not match); delete it to continue from step-00000001.safetensors`,
    );
    await rm(file);
    expect((await loadCheckpoint(run, 'latest')).step).toBe(1);
  });

  it('does not advise to continue from another damaged file', async () => {
    const run = await runWithCheckpoints(1, 2);
    for (const name of await readdir(run.files)) await writeFile(join(run.files, name), 'zeros');
    expect(await messageOf(loadCheckpoint(run, 'latest'))).toMatch(
      /no other complete checkpoint to continue from; start a new run/,
    );
  });

  it('names a damaged best one', async () => {
    const run = await runWithCheckpoints();
    await saveCheckpoint(run, 1, tensors, null, { best: true });
    await writeFile(join(run.files, 'best.safetensors'), '');
    expect(await messageOf(loadCheckpoint(run, 'best'))).toMatch(
      /best\.safetensors: damaged.*use the latest/,
    );
  });

  it('refuses one that a newer version wrote, though its checksum is right', async () => {
    const run = await runWithCheckpoints(1);
    const file = join(run.files, 'step-00000001.safetensors');
    await writeFile(file, newerCheckpoint());
    expect(await messageOf(loadCheckpoint(run, 'latest'))).toBe(
      `${file}: has checkpoint version 2; this program reads up to 1; update latentbrush`,
    );
  });

  it('refuses a safetensors file of another program', async () => {
    const run = await runWithCheckpoints(1);
    await writeFile(join(run.files, 'step-00000001.safetensors'), encodeSafetensors(tensors));
    expect(await messageOf(loadCheckpoint(run, 'latest'))).toMatch(/damaged \(has no checksum\)/);
  });
});

/** A file of a later program: we know only where its version and its checksum are. */
function newerCheckpoint(): Uint8Array {
  const metadata = { format: 'latentbrush-checkpoint', formatVersion: '2', checksum: '0'.repeat(64) };
  const bytes = Buffer.from(encodeSafetensors({}, metadata));
  const checksum = createHash('sha256').update(bytes).digest('hex');
  bytes.write(checksum, bytes.indexOf(metadata.checksum), 'latin1');
  return bytes;
}
