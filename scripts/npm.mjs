import { spawnSync } from 'node:child_process';

/**
 * Run a program and wait for it; its output goes to ours.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} [cwd] the folder; default: the repository
 * @param {Record<string, string>} [env] variables that it gets besides ours
 * @returns {number} exit status, 1 if it could not be started or was killed
 */
export function run(program, args, cwd, env = {}) {
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    cwd,
    env: { ...process.env, ...env },
  });
  if (error) console.error(`${program}: ${error.message}`);
  return status ?? 1;
}

/**
 * Run npm: the one that started us, if any, else the one on the path.
 * @param {readonly string[]} args
 * @param {string} [cwd] the folder; default: the repository
 * @returns {number} exit status
 */
export function npm(args, cwd) {
  const started = process.env.npm_execpath;
  if (started?.endsWith('.js')) return run(process.execPath, [started, ...args], cwd);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, cwd);
}
