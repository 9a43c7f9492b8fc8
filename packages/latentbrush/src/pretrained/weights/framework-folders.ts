import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { digestOf } from '../../data/index.ts';
import type { PretrainedWeights } from './registry.ts';

/** A file of weights that another framework downloaded before. */
interface Kept {
  readonly path: string;
  readonly algorithm: 'md5' | 'sha256';
  /** The digits of its checksum that are known, from the first. */
  readonly digest: string;
}

/**
 * Keras' own copy of the weights of a network: in the folder `models` of KERAS_HOME, or else of `~/.keras`. Undefined when there is none, or it is another
 * file by its checksum, such as half a download.
 */
export async function keptByKeras(entry: PretrainedWeights): Promise<string | undefined> {
  const folder = resolve(process.env.KERAS_HOME ?? join(homedir(), '.keras'), 'models');
  return firstRight([
    { path: join(folder, entry.fileName), algorithm: 'md5', digest: entry.md5 },
    {
      path: join(folder, entry.fileName.replace('_notop', '')),
      algorithm: 'md5',
      digest: entry.withClassifier,
    },
  ]);
}

/**
 * PyTorch's own copy: in `hub/checkpoints` of TORCH_HOME, or else of `torch` in XDG_CACHE_HOME or `~/.cache`. VGG of torchvision was trained apart from
 * Keras' VGG, so that its dreams differ. Undefined as in {@link keptByKeras}.
 */
export async function keptByPytorch({ torchvision }: PretrainedWeights): Promise<string | undefined> {
  if (torchvision === undefined) return undefined;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = resolve(process.env.TORCH_HOME ?? join(cache, 'torch'), 'hub', 'checkpoints');
  const digest = /-([0-9a-f]{8})\.pth$/.exec(torchvision)?.[1];
  if (digest === undefined) return undefined; // nothing to check it by
  return firstRight([{ path: join(folder, torchvision), algorithm: 'sha256', digest }]);
}

async function firstRight(candidates: readonly Kept[]): Promise<string | undefined> {
  for (const { path, algorithm, digest } of candidates) {
    const found = await digestOf(path, algorithm).catch(() => undefined); // it is not there, or may not be read
    if (found?.startsWith(digest) === true) return path;
  }
  return undefined;
}
