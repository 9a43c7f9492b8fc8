import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureAt, type ImageDataset } from '../../../../data/index.ts';
import { discs } from '../../../../gan/testing/discs.ts';
import { writePicture } from '../../../../image/index.ts';
import { dots } from '../../../../vae/testing/dots.ts';
import { expect } from 'vitest';
import { call } from '../../../testing/call.ts';
import type { Finished } from '../../../testing/program.ts';

const TRAININGS: Readonly<Record<'vae' | 'gan' | 'kinds', readonly string[]>> = {
  vae: ['vae', 'train', 'vae-pics', '--size', '8', '--channels', '1', '--latent-dim', '3', '--samples', '1'],
  gan: ['gan', 'train', 'gan-pics', '--architecture', 'dcgan', '--size', '16', '--latent-dim', '6'],
  kinds: [
    'gan',
    'train',
    'gan-pics',
    '--preset',
    'dcgan',
    '--conditional',
    '--size',
    '16',
    '--latent-dim',
    '6',
  ],
};

const LENGTHS = {
  vae: ['--epochs', '3', '--checkpoint-every', '4'],
  gan: ['--iterations', '4', '--checkpoint-every', '2', '--sample-every', '2', '--samples', '4'],
  kinds: ['--iterations', '2', '--samples', '4'],
};

/**
 * Makes a folder with small runs; the caller removes it: `runs/vae` with three dimensions, `runs/gan` with
 * six, `runs/kinds` by class.
 */
export async function folderWithRuns(names: readonly (keyof typeof TRAININGS)[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  await writeAll(join(folder, 'vae-pics'), dots(24));
  await writeAll(join(folder, 'gan-pics'), discs(54));
  for (const name of names) {
    const args = [...TRAININGS[name], '--run', `runs/${name}`, '--filters', '4', '--batch-size', '6', '--threads', '1', ...LENGTHS[name]]; // prettier-ignore
    await succeeded(folder, [...args, '--quiet']);
  }
  return folder;
}

/** A command in a folder, which must succeed. */
export async function succeeded(folder: string, args: readonly string[]): Promise<Finished> {
  const finished = await call(args, folder);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

async function writeAll(folder: string, all: ImageDataset): Promise<void> {
  for (let i = 0; i < all.count; i++) {
    const path = join(folder, all.labels![i]!, `picture-${i}.png`);
    await mkdir(join(path, '..'), { recursive: true });
    await writePicture(path, pictureAt(all, i));
  }
}
