// The programs that the bench measures: how to start, ask and install each.
//
//   node bench/peers.mjs setup     creates bench/.venv with PyTorch and Keras of requirements.txt (downloads 3 GB on Linux)
//
// A peer is a process that waits for a case's name on standard input, runs that case once and answers with a line of JSON, so that only
// one program works at a time. Its first line is `{ version }`; then `{ milliseconds }` with, if available, configuration   the fastest of
//   those that it tried loss, gradient  of a case that evaluates them; gradient is the mean of its magnitudes, to check that all do the
// same work start, peak     milliseconds of preparing and compiling; peak resident memory of the process so far, MiB or `{ cannot }`, the
// reason why it cannot do this case.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const windows = process.platform === 'win32';
const VENV = here('.venv');
const VENV_PYTHON = here(windows ? '.venv/Scripts/python.exe' : '.venv/bin/python');
const SETUP = 'node bench/peers.mjs setup';
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3', '/usr/bin/python3', 'python'];

const python = (module) => ({ program: VENV_PYTHON, args: ['-B', '-m', module], advice: SETUP });
const node = (...args) => ({ program: process.execPath, args, advice: 'npm install in bench/' });

/** The processes to start, by their name in `--peers`. Ours is the first of every run. */
export const PEERS = {
  latentbrush: [{ name: 'Latentbrush', ...node('peers/latentbrush.mjs') }],
  pytorch: [{ name: 'PyTorch', ...python('peers.pytorch') }],
  keras: [{ name: 'Keras', ...python('peers.keras') }],
  tfjs: [
    { name: 'TensorFlow.js wasm', ...node('peers/tfjs.mjs', 'wasm') },
    { name: 'TensorFlow.js cpu', ...node('peers/tfjs.mjs', 'cpu') },
  ],
};

/** Starts a process of {@link PEERS}. Returns undefined, after a message, when it cannot be used. */
export async function startPeer({ name, program, args, advice }) {
  if (program === VENV_PYTHON && !existsSync(program)) {
    console.error(`${name}: left out, it is not installed. ${advice}`);
    return undefined;
  }
  const child = spawn(program, args, { cwd: here('.'), stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.on('error', () => undefined); // the missing answer shows its end
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve({}));
    child.once('exit', () => resolve({}));
  });
  const answer = async () => (await Promise.race([lines.next(), ended])).value;
  const lastError = () => errors.trim().split('\n').at(-1);
  const hello = await answer();
  if (hello === undefined) {
    console.error(`${name}: left out (${lastError() || 'cannot be started'}). ${advice}`);
    return undefined;
  }
  return {
    name,
    version: JSON.parse(hello).version,
    /** Runs a case once: its answer, or undefined when the peer cannot do it. */
    run: async (benchCase) => {
      child.stdin.write(`${benchCase}\n`);
      const line = await answer();
      if (line === undefined) throw new Error(`${name} ended during ${benchCase}: ${lastError()}`);
      const result = JSON.parse(line);
      if (result.cannot === undefined) return result;
      console.error(`${name}, ${benchCase}: ${result.cannot}`);
      return undefined;
    },
    /** Its standard error: the configurations that it tried. */
    notes: () =>
      errors.split('\n').filter((line) => line.includes(': tried ') || line.includes(': left out ')),
    /** Waits for its end, so that it can clean up; after five seconds it is killed. */
    stop: async () => {
      child.stdin.end();
      const patience = setTimeout(() => child.kill(), 5000);
      await ended;
      clearTimeout(patience);
    },
  };
}

function setup() {
  const base = PYTHONS.find((name) => {
    const code = 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))';
    return spawnSync(name, ['-c', code]).status === 0;
  });
  if (base === undefined) {
    console.error(
      'peers: no Python 3.11 to 3.13 with venv was found; install one (on Debian: apt-get install python3-venv). The bench runs without these peers',
    );
    return 1;
  }
  const commands = [
    [base, '-m', 'venv', '--clear', VENV],
    [
      VENV_PYTHON,
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-deps',
      '-r',
      here('requirements.txt'),
    ],
    [
      VENV_PYTHON,
      '-c',
      'import torch, os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"; import keras, tensorflow',
    ],
  ];
  for (const [program, ...args] of commands) {
    if (spawnSync(program, args, { stdio: 'inherit' }).status === 0) continue;
    rmSync(VENV, { recursive: true, force: true });
    console.error(`peers: \`${[program, ...args].join(' ')}\` failed; the bench runs without these peers`);
    return 1;
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'setup') process.exitCode = setup();
  else {
    console.error(`usage: ${SETUP}`);
    process.exitCode = 2;
  }
}
