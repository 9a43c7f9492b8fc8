// npm start: install what is missing, build, run the command line (`quickstart` unless arguments are given).
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { buildPage } from './build-page.mjs';
import { embedTrunk } from './embed-trunk.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { build } from './tsc.mjs';

const args = process.argv.slice(2);

ensureInstalled();
embedTrunk();
console.error('Building ...');
// The program and what it imports: the studio's page, tools and examples are checked by npm test.
const built = build('packages/latentbrush');
if (built !== 0) process.exit(built);
if (['studio', 'publish'].includes(args[0] ?? '') && buildPage() !== 0) process.exit(1);

const program = spawn(
  process.execPath,
  [resolve('packages/latentbrush/bin/latentbrush.js'), ...(args.length > 0 ? args : ['quickstart'])],
  // npm changed the folder to this one; typed paths are relative to the user's folder.
  {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { LATENTBRUSH_COMMAND: 'npm start --', ...process.env },
  },
);
// The program saves its work when it is asked to stop; wait for that. A terminal signals all processes at once; then forwarding changes
// nothing.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => program.kill(signal));
program.on('exit', (status, signal) =>
  process.exit(status ?? (signal === null ? 1 : 128 + constants.signals[signal])),
);
