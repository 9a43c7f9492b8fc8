import { run } from './npm.mjs';

/** The native compiler, version 7: it needs a quarter of the processor time of version 6, which stays for programs that import the compiler. */
export const TSC = 'node_modules/typescript-native/bin/tsc';

/**
 * Check types and write the `dist` folders.
 * @param {...string} projects folders, with their imports; default: all
 * @returns {number} exit status
 */
export const build = (...projects) => run(process.execPath, [TSC, '-b', ...projects]);
