import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import {
  defaultCacheDir,
  defaultDataDir,
  download,
  DownloadError,
  mismatch,
  ProxyVariableError,
  type DownloadOptions,
} from '../../data/index.ts';
import { fileError } from '../../files/file-error.ts';
import { keptByKeras, keptByPytorch } from './framework-folders.ts';
import type { PretrainedWeights } from './registry.ts';
import { option, OptionError, words, type Words } from '../../words.ts';

/** Endings of files in the data folder that are named by the network. */
const OWN_ENDINGS = ['.h5', '.keras', '.weights.h5', '.pth', '.safetensors', '.onnx'];

/** Frameworks that keep weights of their own downloads. */
const FRAMEWORKS = ['Keras', 'PyTorch'] as const;

/** One of them. */
type Framework = (typeof FRAMEWORKS)[number];

/** Where to find weights and how to fetch them. */
export interface LocateOptions extends Pick<
  DownloadOptions,
  'offline' | 'onProgress' | 'signal' | 'stallTimeout' | 'retries' | 'backoff'
> {
  /** A file of weights, in any format of `readWeights`; it takes precedence over all others. */
  readonly path?: string;
  /** Folder with local copies; default: the environment variable LATENTBRUSH_DATA_DIR, else none. */
  readonly dataDir?: string | undefined;
  /** Folder for downloads; default: LATENTBRUSH_CACHE_DIR, else the cache folder of the platform. */
  readonly cacheDir?: string | undefined;
  /** The frameworks whose own downloads are used; default: Keras, then PyTorch. */
  readonly frameworks?: readonly Framework[];
  /** Called when the weights are those that Keras or PyTorch keep. */
  readonly onKept?: (located: LocatedWeights) => void;
}

/** Weights on this machine. */
export interface LocatedWeights {
  readonly path: string;
  /** How the file was found. */
  readonly from: 'path' | 'data folder' | 'cache' | Framework | 'download';
}

/** The weights of a network are unavailable: there is no local copy, and they cannot be fetched. The message says how to get them. */
export class WeightsUnavailable extends OptionError {
  /** The name of the network. */
  readonly network: string;

  constructor(network: string, message: Words, options?: ErrorOptions) {
    super(message, options);
    this.network = network;
  }
}

/**
 * Finds the weights of a network: the file `path`; else a copy in the data folder (or `weights/` in it), which is Keras' file, or
 * `<name>.h5`, `.keras`, `.weights.h5`, `.pth`, `.safetensors` or `.onnx`; else the cache; else the files that Keras or PyTorch keep of their own downloads; else
 * downloads them into the cache. Files that Keras or torchvision publish are used only if their checksums are right; those named by the network
 * are not checked.
 * @throws WeightsUnavailable when there is no local copy and `offline` is set, or the download fails
 * @throws InputError when the named file cannot be read, or a copy in the data folder is damaged
 * @throws the signal's reason when it aborts
 */
export async function locateWeights(
  entry: PretrainedWeights,
  options: LocateOptions = {},
): Promise<LocatedWeights> {
  const chosen = await chosenByPerson(entry, options);
  if (chosen !== undefined) return chosen;
  const path = cachePath(entry, options);
  const wrong = await mismatch(path, entry);
  if (wrong === undefined) return { path, from: 'cache' };
  for (const framework of options.frameworks ?? FRAMEWORKS) {
    const kept = await keptOf(entry, framework, options);
    if (kept !== undefined) return kept;
  }
  if (options.offline === true) {
    options.signal?.throwIfAborted();
    const what = (await isThere(path))
      ? `the file in the cache, ${path}, is damaged (${wrong})`
      : 'its weights are not on this machine';
    throw new WeightsUnavailable(
      entry.name,
      words`${entry.name}: ${what} and downloads are off; ${advice(entry)}`,
    );
  }
  await fetchInto(path, entry, options);
  return { path, from: 'download' };
}

/**
 * Like {@link locateWeights}, but only Keras' own weights, and without downloads: undefined when they are not on this machine.
 * @throws InputError when the named file cannot be read, or a copy in the data folder or in the cache is damaged
 */
export async function findWeights(
  entry: PretrainedWeights,
  options: Omit<LocateOptions, 'offline'> = {},
): Promise<LocatedWeights | undefined> {
  const chosen = await chosenByPerson(entry, options);
  if (chosen !== undefined) return chosen;
  const path = cachePath(entry, options);
  if (!(await isThere(path))) return keptOf(entry, 'Keras', options);
  const wrong = await mismatch(path, entry);
  if (wrong === undefined) return { path, from: 'cache' };
  throw new InputError(
    `${path}: not the weights of ${entry.name} (${wrong}); remove the file, or fetch it again: latentbrush models fetch ${entry.name}`,
  );
}

async function chosenByPerson(
  entry: PretrainedWeights,
  { path, dataDir = defaultDataDir(), signal }: LocateOptions,
): Promise<LocatedWeights | undefined> {
  signal?.throwIfAborted();
  if (path !== undefined) {
    await refuseUnreadable(path);
    return { path, from: 'path' };
  }
  if (dataDir === undefined) return undefined;
  const { name, fileName } = entry;
  for (const folder of [dataDir, join(dataDir, 'weights')]) {
    for (const candidate of [fileName, ...OWN_ENDINGS.map((ending) => `${name}${ending}`)]) {
      const copy = resolve(folder, candidate);
      if (!(await isThere(copy))) continue;
      const wrong = candidate === fileName ? await mismatch(copy, entry) : undefined;
      if (wrong !== undefined) {
        throw new OptionError(
          words`${copy}: not the weights of ${name} as Keras publishes them (${wrong}); fetch them again from ${entry.url}, or give the file itself with ${option('weights')} to use it anyway`,
        );
      }
      return { path: copy, from: 'data folder' };
    }
  }
  return undefined;
}

async function keptOf(
  entry: PretrainedWeights,
  from: Framework,
  { onKept, signal }: LocateOptions,
): Promise<LocatedWeights | undefined> {
  const path = await (from === 'Keras' ? keptByKeras(entry) : keptByPytorch(entry));
  signal?.throwIfAborted();
  if (path === undefined) return undefined;
  onKept?.({ path, from });
  return { path, from };
}

async function refuseUnreadable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  if (!found.isFile()) throw new InputError(`${path}: is not a file; name a file with weights`);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function cachePath({ fileName }: PretrainedWeights, { cacheDir }: LocateOptions): string {
  return resolve(cacheDir ?? defaultCacheDir(), 'weights', fileName);
}

async function fetchInto(path: string, entry: PretrainedWeights, options: LocateOptions): Promise<void> {
  const { name, url, md5, size } = entry;
  const { onProgress, signal, stallTimeout, retries, backoff } = options;
  try {
    await download(url, path, {
      md5,
      size,
      onProgress,
      signal,
      stallTimeout,
      retries,
      backoff,
    });
  } catch (error) {
    if (!(error instanceof DownloadError || error instanceof ProxyVariableError)) throw error;
    const byPath = error instanceof DownloadError ? words` (${option('weights')} of dream and style)` : '';
    throw new WeightsUnavailable(name, words`${name}: its weights could not be fetched: ${error}${byPath}`, {
      cause: error,
    });
  }
}

function advice({ name, url }: PretrainedWeights): Words {
  return words`fetch them once with "latentbrush models fetch ${name}", or get ${url} another way and give the file to dream or style with ${option('weights')}`;
}
