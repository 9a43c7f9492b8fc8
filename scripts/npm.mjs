import { spawnSync } from 'node:child_process';

/**
 * Run a program in the repository and wait for it; its output goes to ours.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {number} exit status, 1 if it could not be started or was killed
 */
export function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error) console.error(`${program}: ${error.message}`);
  return status ?? 1;
}

/**
 * Run npm itself: the one that started us where there is one, else the one on the path.
 * @param {readonly string[]} args
 * @returns {number} exit status
 */
export function npm(args) {
  const started = process.env.npm_execpath;
  if (started?.endsWith('.js')) return run(process.execPath, [started, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}
