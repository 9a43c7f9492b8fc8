import { run } from './npm.mjs';

/**
 * Build the page of the studio into the package latentbrush, whose server reads it.
 * @returns {number} exit status
 */
export function buildPage() {
  return run(
    process.execPath,
    ['../../node_modules/vite/bin/vite.js', 'build', '--logLevel=warn'],
    'packages/studio',
    { NODE_ENV: 'production' }, // tests set `test`, which would put React's development code into the page
  );
}
