// Makes exports of other frameworks and checks that we read them, and has exports of ours checked by the tools of others.
//
//   node bench/peers.mjs setup && bench/.venv/bin/pip install --no-deps -r bench/exports/requirements.txt
//   npm run build && node bench/exports.mjs [pytorch | keras | ours ...] [network ...] [dynamo-18 | dynamo-20 | dynamo-28 | dynamo-N | torchscript ...]
//
//   pytorch   networks of torchvision: value and gradient of the picture as those of PyTorch, in float64
//   keras     networks of keras.applications: an exploration of two mixes on a picture of another size
//   ours      models of the runs of the package: ONNX's checker and reference evaluator, ONNX Runtime, OpenVINO
//
// It needs PyPI's packages, up to a minute for each network and exporter, and 1 GB of disk; no test runs it. EXPORTS_PYTHON names another Python. The tests
// hold a small file of each kind of fault that was found: packages/engine/src/onnx/read/testing.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compareNetwork } from './exports/check.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.EXPORTS_PYTHON ?? here('.venv/bin/python');
const program = here('../packages/latentbrush/bin/latentbrush.js');
const PARTS = { pytorch, keras, ours };
/** As far from PyTorch as float32 may be. */
const LIMITS = { value: 1e-3, gradient: 2e-3 };
/** A picture that no network is made for. */
const [WIDTH, HEIGHT] = [224, 149];

const chosen = process.argv.slice(2);
const parts = Object.keys(PARTS).filter((part) => chosen.includes(part));
const others = chosen.filter((name) => !Object.hasOwn(PARTS, name));
const folder = mkdtempSync(join(tmpdir(), 'exports-'));
let failures = 0;
try {
  for (const part of parts.length > 0 ? parts : Object.keys(PARTS)) await PARTS[part](others);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failures > 0) process.exitCode = 1;

function pytorch(names) {
  return eachExport('pytorch_networks.py', names, async (made) => {
    const { value, gradient } = await compareNetwork(made);
    const isRight = value <= LIMITS.value && gradient <= LIMITS.gradient;
    if (!isRight) failures += 1;
    return `${isRight ? 'right' : 'WRONG'}  value ${value.toExponential(1)}  gradient ${gradient.toExponential(1)}`;
  });
}

function keras(names) {
  const picture = join(folder, 'picture.png');
  run(process.execPath, [
    program,
    'dream',
    '--noise',
    `${WIDTH}x${HEIGHT}`,
    '--iterations',
    '0',
    '-o',
    picture,
  ]);
  return eachExport('keras_networks.py', names, ({ file }) => {
    const args = [
      'dream',
      picture,
      '--backbone',
      file,
      '--explore',
      '2',
      '--octaves',
      '2',
      '--iterations',
      '1',
    ];
    const result = run(process.execPath, [program, ...args, '-o', join(folder, 'sheet.png')]);
    const wrong = /.*(?:left out|nothing changed|error:).*/.exec(result.stderr)?.[0];
    rmSync(file, { force: true });
    if (result.status !== 0 || wrong !== undefined) throw new Error(wrong ?? `exit code ${result.status}`);
    return `right  ${result.stderr.includes('in squares of that size') ? 'in squares' : 'whole'}`;
  });
}

function ours() {
  const models = [
    ['moby-dick', 'moby-dick.onnx'],
    ['faces-vae', 'vae/encoder.onnx', 'vae/decoder.onnx'],
    ['faces-gan', 'gan.onnx'],
    ['starry-night', 'style.onnx'],
  ];
  for (const [name, first] of models)
    run(process.execPath, [
      program,
      'export',
      `pretrained:${name}`,
      '-o',
      join(folder, first.split('/encoder')[0]),
    ]);
  const files = models.flatMap(([, ...exported]) => exported.map((file) => join(folder, file)));
  const { stdout, status, signal } = run(python, [here('exports/our_exports.py'), ...files]);
  if (status !== 0) fail(`our_exports.py ended by ${signal ?? `exit code ${status}`}`);
  for (const line of stdout.trim().split('\n')) {
    const { file, ...results } = JSON.parse(line);
    failures += Object.values(results).filter((result) => result !== 'right').length;
    const each = Object.entries(results).map(([tool, result]) => `${tool} ${result}`);
    console.log(`${file.slice(folder.length + 1).padEnd(30)} ${each.join(', ')}`);
  }
}

function run(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
}

/** Has a program make one export after the other, and prints what `check` says of each. */
async function eachExport(script, names, check) {
  const child = spawn(python, [here(`exports/${script}`), folder, ...names], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`${python} cannot be started (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `${script} ended by ${signal ?? `exit code ${code}`}`),
    );
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const made = JSON.parse(line);
      const result =
        made.cannot === undefined ? await outcome(() => check(made)) : `not exported: ${made.cannot}`;
      console.log(`${made.network.padEnd(30)} ${made.exporter.padEnd(12)} ${result}`);
      child.stdin.write('\n');
    }
    const problem = await ended;
    if (problem !== undefined) fail(problem);
  } finally {
    child.kill();
  }
}

function fail(problem) {
  failures += 1;
  console.error(`exports: ${problem}`);
}

async function outcome(check) {
  try {
    return await check();
  } catch (error) {
    failures += 1;
    return `FAILED  ${error.message}`;
  }
}
