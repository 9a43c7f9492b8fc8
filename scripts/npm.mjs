import { spawn, spawnSync } from 'node:child_process';

/**
 * Run a program and wait for it; its output goes to ours.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} [cwd] where; the repository unless given
 * @returns {number} exit status, 1 if it could not be started or was killed
 */
export function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', cwd });
  if (error) console.error(`${program}: ${error.message}`);
  return status ?? 1;
}

/**
 * Run a program beside others.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {boolean} live whether its output goes to ours as it comes; else it is returned
 * @returns {Promise<{ status: number, output: string }>} exit status (1 if it could not be started or was killed), and its output
 */
export function runAside(program, args, live) {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.on('error', (error) => done({ status: 1, output: `${program}: ${error.message}\n` }));
    child.on('close', (status) => done({ status: status ?? 1, output }));
  });
}

/**
 * Run npm itself: the one that started us where there is one, else the one on the path.
 * @param {readonly string[]} args
 * @param {string} [cwd] where; the repository unless given
 * @returns {number} exit status
 */
export function npm(args, cwd) {
  const started = process.env.npm_execpath;
  if (started?.endsWith('.js')) return run(process.execPath, [started, ...args], cwd);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, cwd);
}
