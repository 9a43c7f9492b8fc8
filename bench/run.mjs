// Measures the same work in Latentbrush, PyTorch and TensorFlow.js, in turn within one run, so that ratios hold when the machine's
// speed drifts. Peers that are not installed are left out.
//
//   node bench/run.mjs [--json] [--rounds 15] [case ...]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dreamFlops, ganFlops, styleFlops, vaeFlops } from './networks/cost.mjs';
import { startPeer } from './peer.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
});
const rounds = Number(values.rounds);

const LSTM_STEP = 3 * 2 * 128 * 60 * (128 * 512 + 57 * 512) + 3 * 2 * 128 * 128 * 57;
const CONVOLUTION = 2 * 20 * 32 * 32 * 256 * 256 * 25;
/** Work, its floating-point operations by formula, and what each peer runs for it. */
const cases = [
  {
    name: 'gemm',
    what: 'product of two 2048 x 2048 matrices',
    flops: 2 * 2048 ** 3,
    goal: 'the limit of the machine',
  },
  {
    name: 'text-step',
    what: '10 training steps',
    flops: 10 * LSTM_STEP,
    goal: '3 x PyTorch, 10 x TensorFlow.js',
  },
  { name: 'text-sample', what: '100 characters, window of 60 re-read for each', goal: '3 x PyTorch' },
  {
    name: 'text-sample-stateful',
    what: '100 characters, state carried',
    peerCase: 'text-sample',
    goal: '10 x re-running the window',
  },
  {
    name: 'conv-step',
    what: 'convolution 256->256, 5x5, on 20x32x32: forward and both gradients',
    flops: 3 * CONVOLUTION,
    goal: '0.9 x PyTorch',
  },
  {
    name: 'dream-evaluation',
    what: 'InceptionV3 to mixed5 on 400x600: loss and gradient of the picture',
    flops: dreamFlops(400, 600),
    goal: '1.25 x PyTorch, 8 x TensorFlow.js',
  },
  {
    name: 'style-evaluation',
    what: 'VGG19 to block5_conv2 on 400x600: loss and gradient of the picture',
    flops: styleFlops(400, 600),
    goal: '1.25 x PyTorch, 8 x TensorFlow.js',
  },
  {
    name: 'vae-step-16',
    what: "10 training steps of the book's VAE, batch 16",
    flops: 10 * vaeFlops(16),
    goal: '1 x PyTorch, 10 x TensorFlow.js',
  },
  {
    name: 'vae-step-128',
    what: "10 training steps of the book's VAE, batch 128",
    flops: 10 * vaeFlops(128),
    goal: '1 x PyTorch, 10 x TensorFlow.js',
  },
  { name: 'vae-grid', what: '225 pictures of the decoder', goal: 'under 100 ms' },
  {
    name: 'gan-iteration',
    what: "one iteration of the book's GAN, batch 20: pictures generated, discriminator's step, generator's step",
    flops: ganFlops(20),
    goal: '1 x PyTorch, 10 x TensorFlow.js',
  },
].filter(({ name }) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)));

if (!existsSync(here('../packages/latentbrush/dist/index.js'))) {
  console.error('Latentbrush is not built; run: npm test, or npx tsc -b');
  process.exit(1);
}
if (!existsSync(here('node_modules'))) {
  spawnSync('npm', ['install', '--no-save'], {
    cwd: here('.'),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const ours = await startPeer('Latentbrush', process.execPath, [here('peers/latentbrush.mjs')], '');
const tensorflow = [process.execPath, 'npm install in bench/'];
const peers = [
  await startPeer(
    'PyTorch',
    python,
    ['-B', here('peers/pytorch.py')],
    'On Debian: apt-get install python3-torch',
  ),
  await startPeer('TensorFlow.js wasm', tensorflow[0], [here('peers/tensorflow.mjs'), 'wasm'], tensorflow[1]),
  await startPeer('TensorFlow.js cpu', tensorflow[0], [here('peers/tensorflow.mjs'), 'cpu'], tensorflow[1]),
].filter((peer) => peer !== undefined);
if (ours === undefined) process.exit(1);

// Slow peers are run fewer times: no more than this many seconds for each case.
const PATIENCE_MS = 40_000;

const results = [];
let limit = 0;
for (const { name, what, peerCase = name, flops, goal } of cases) {
  const runners = [
    { peer: ours, benchCase: name },
    ...peers.map((peer) => ({ peer, benchCase: peerCase })),
  ].map((runner) => ({
    ...runner,
    times: [],
    spent: 0,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) {
      if (runner.off === true || (runner.spent > PATIENCE_MS && runner.times.length >= 2)) continue;
      const begin = performance.now();
      const run = await runner.peer.run(runner.benchCase);
      runner.spent += performance.now() - begin;
      if (run === undefined) runner.off = true;
      else {
        runner.times.push(run.time);
        runner.figures = run;
      }
    }
  }
  compareFigures(name, runners);
  const [mine, ...others] = runners.map(({ peer, times }) => ({ name: peer.name, ...summary(times) }));
  const gflops = flops === undefined || mine.runs === 0 ? undefined : flops / mine.min / 1e6;
  if (name === 'gemm') limit = gflops;
  results.push({
    name,
    what,
    goal,
    ours: mine,
    gflops,
    fraction: gflops && limit ? gflops / limit : undefined,
    peers: others.filter(({ runs }) => runs > 0),
  });
}
for (const peer of [ours, ...peers]) peer.stop();

const help = Array.from({ length: 7 }, () => {
  const begin = performance.now();
  spawnSync(process.execPath, [here('../packages/latentbrush/bin/latentbrush.js'), '--help']);
  return performance.now() - begin;
});
const report = {
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  versions: peers.map(({ version }) => version),
  help: summary(help),
  results,
};
if (values.json) console.log(JSON.stringify(report));
else print(report);

/** Warns where a peer's loss or gradient is another than the first one's: then the times are not of the same work. */
function compareFigures(name, runners) {
  const [first, ...others] = runners.filter(({ figures }) => figures?.loss !== undefined);
  for (const { peer, figures } of others) {
    for (const [figure, tolerance] of [
      ['loss', 1e-3],
      // TensorFlow.js' gradient of average pools divides by 9 also where fewer pixels were averaged.
      ['gradient', 1e-2],
    ]) {
      const expected = first.figures[figure];
      if (Math.abs(figures[figure] / expected - 1) <= tolerance) continue;
      console.error(
        `${name}: the ${figure} is ${figures[figure]} in ${peer.name} and ${expected} in ${first.peer.name}`,
      );
    }
  }
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], runs: sorted.length };
}

function print({ cpu, cores, versions, help: start, results: rows }) {
  console.log(`${cpu}, ${cores} cores; ${versions.join(', ')}; milliseconds, best / median\n`);
  for (const { name, what, goal, ours: mine, gflops, fraction, peers: others } of rows) {
    const speed =
      gflops === undefined
        ? ''
        : `  ${gflops.toFixed(0)} GFLOP/s${fraction ? ` = ${(100 * fraction).toFixed(0)} % of the limit` : ''}`;
    console.log(`${name}: ${what} (goal: ${goal})`);
    console.log(
      `  ${'Latentbrush'.padEnd(20)} ${mine.runs === 0 ? 'cannot do this' : `${time(mine)}${speed}`}`,
    );
    for (const peer of others) {
      const ratio = `${(peer.min / mine.min).toFixed(2)} x by best, ${(peer.median / mine.median).toFixed(2)} x by median`;
      console.log(`  ${peer.name.padEnd(20)} ${time(peer)}${mine.runs === 0 ? '' : `  we are ${ratio}`}`);
    }
  }
  console.log(`latentbrush --help (goal: under 300)\n  ${''.padEnd(20)} ${time(start)}`);
}

function time({ min, median }) {
  return `${min.toFixed(1).padStart(8)} / ${median.toFixed(1).padStart(8)}`;
}
