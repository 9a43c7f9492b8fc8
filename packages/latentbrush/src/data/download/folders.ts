import envPaths from 'env-paths';

/** Default folder for downloads: LATENTBRUSH_CACHE_DIR, else the cache folder of the platform. */
export function defaultCacheDir(): string {
  return environmentFolder('LATENTBRUSH_CACHE_DIR') ?? envPaths('latentbrush', { suffix: '' }).cache;
}

/** Default folder with local copies: LATENTBRUSH_DATA_DIR, else none. */
export function defaultDataDir(): string | undefined {
  return environmentFolder('LATENTBRUSH_DATA_DIR');
}

function environmentFolder(variable: string): string | undefined {
  const folder = process.env[variable];
  return folder === '' ? undefined : folder;
}
