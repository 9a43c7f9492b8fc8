// Measures the same work in Latentbrush, PyTorch and Keras, in turn within one run, so that ratios hold when the machine's speed
// drifts. Peers that are not installed are left out.
//
//   node bench/peers.mjs setup
//   node bench/run.mjs [--json] [--rounds 15] [--peers pytorch,keras | tfjs | none] [case ...]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { casesNamed } from './cases.mjs';
import { PEERS, startPeer } from './peers.mjs';

// Slow peers run fewer times: at most this long for each case.
const PATIENCE_MS = 40_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function settings() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '15' },
      peers: { type: 'string', default: 'pytorch,keras' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds: ${values.rounds} was given; it must be a whole number from 1 on`);
  const { latentbrush, ...others } = PEERS;
  const names = values.peers === 'none' ? [] : values.peers.split(',');
  const unknown = names.find((name) => !(name in others));
  if (unknown !== undefined)
    throw new Error(`--peers: ${unknown} is not one of none, ${Object.keys(others).join(', ')}`);
  if (!existsSync(here('../packages/latentbrush/dist/index.js')))
    throw new Error('Latentbrush is not built; run: npm test, or npm run build');
  return {
    json: values.json,
    rounds,
    processes: [...latentbrush, ...names.flatMap((name) => others[name])],
    cases: casesNamed(positionals),
  };
}

/** Runs a case this many times in each of the peers, in turn. */
async function measure({ name, peerCase = name, alone = false }, [ours, ...others], rounds) {
  const peers = alone ? [] : others;
  const runners = [
    { peer: ours, benchCase: name, times: [], spent: 0 },
    ...peers.map((peer) => ({ peer, benchCase: peerCase, times: [], spent: 0 })),
  ];
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) {
      if (runner.off === true || (runner.spent > PATIENCE_MS && runner.times.length >= 2)) continue;
      const begin = performance.now();
      const answer = await runner.peer.run(runner.benchCase);
      // not the first: it prepares the work
      if (round > 0) runner.spent += performance.now() - begin;
      if (answer === undefined) runner.off = true;
      else {
        runner.times.push(answer.milliseconds);
        runner.answer = answer;
      }
    }
  }
  return runners.filter(({ times }) => times.length > 0);
}

/** Warns if a peer's loss or gradient differs from the first one's: then the times are of different work. */
function compareFigures(name, runners) {
  const [first, ...others] = runners.filter(({ answer }) => answer.loss !== undefined);
  for (const { peer, answer } of others) {
    for (const [figure, tolerance] of [
      ['loss', 1e-3],
      // TensorFlow.js' gradient of average pools divides by 9 even if fewer pixels were averaged.
      ['gradient', peer.name.startsWith('TensorFlow.js') ? 1e-2 : 1e-3],
    ]) {
      const expected = first.answer[figure];
      if (Math.abs(answer[figure] / expected - 1) <= tolerance) continue;
      console.error(
        `${name}: the ${figure} is ${answer[figure]} in ${peer.name} and ${expected} in ${first.peer.name}`,
      );
    }
  }
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)], runs: sorted.length };
}

function rowOf({ name, what, required, goal, flops }, runners, limit) {
  const [mine, ...others] = runners.map(({ peer, times, answer: { configuration } }) => ({
    name: peer.name,
    configuration,
    ...summary(times),
    times,
  }));
  const peers = others.map((peer) => ({
    ...peer,
    // the median over rounds: both times of a round had the same load
    ratio: {
      best: peer.best / mine.best,
      median: summary(peer.times.map((time, i) => time / mine.times[i])).median,
    },
  }));
  const gflops = flops === undefined ? undefined : flops / mine.best / 1e6;
  const fraction = gflops !== undefined && limit !== undefined ? gflops / limit : undefined;
  const betterPeer = peers.length === 0 ? undefined : Math.min(...peers.map(({ ratio }) => ratio.best));
  return { name, what, required, goal, ours: mine, gflops, fraction, peers, betterPeer, load: loadavg()[0] };
}

function printMachine({ cpu, cores, node, versions }) {
  console.log(`${cpu}, ${cores} cores; Node ${node}, ${versions.join(', ')}; milliseconds, best / median\n`);
}

function printRow({ name, what, required, goal, ours, gflops, fraction, peers, betterPeer, load }) {
  const goals = [required && `required: ${required} x the faster of PyTorch and Keras`, goal].filter(Boolean);
  const speed = gflops === undefined ? '' : `  ${gflops.toFixed(0)} GFLOP/s`;
  const share = fraction === undefined ? '' : ` = ${(100 * fraction).toFixed(0)} % of the limit`;
  console.log(`${name}: ${what}${goals.length === 0 ? '' : ` (${goals.join('; ')})`}`);
  console.log(`  ${'Latentbrush'.padEnd(20)} ${time(ours)}${speed}${share}`);
  for (const { name: peer, configuration, ratio, ...times } of peers) {
    const how = configuration === undefined ? '' : `  [${configuration}]`;
    console.log(
      `  ${peer.padEnd(20)} ${time(times)}  we are ${ratio.best.toFixed(2)} x by best, ${ratio.median.toFixed(2)} x by median${how}`,
    );
  }
  if (required !== undefined && betterPeer < required)
    console.log(`  below the required speed: ${betterPeer.toFixed(2)} x`);
  // The work itself keeps every core busy.
  if (load > availableParallelism() + 1)
    console.log(`  rough: other programs were running (load average ${load.toFixed(1)})`);
}

function time({ best, median }) {
  return `${best.toFixed(1).padStart(8)} / ${median.toFixed(1).padStart(8)}`;
}

function measureHelp() {
  return Array.from({ length: 7 }, () => {
    const begin = performance.now();
    spawnSync(process.execPath, [here('../packages/latentbrush/bin/latentbrush.js'), '--help']);
    return performance.now() - begin;
  });
}

async function main() {
  const { json, rounds, processes, cases } = settings();
  if (processes.some(({ name }) => name.startsWith('TensorFlow.js')) && !existsSync(here('node_modules')))
    spawnSync('npm', ['install', '--no-save'], {
      cwd: here('.'),
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  const peers = [];
  for (const process of processes) {
    const peer = await startPeer(process);
    if (peer !== undefined) peers.push(peer);
    else if (peers.length === 0) throw new Error('Latentbrush cannot be started');
  }
  const versions = peers.map(({ version }) => version);
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, versions };
  if (!json) printMachine(machine);
  const rows = [];
  for (const each of cases) {
    const runners = await measure(each, peers, rounds);
    if (runners[0]?.peer !== peers[0]) continue; // ours could not do it, and has reported why
    compareFigures(each.name, runners);
    const row = rowOf(each, runners, rows.find(({ name }) => name === 'gemm')?.gflops);
    rows.push(row);
    if (!json) printRow(row);
  }
  const notes = peers.flatMap((peer) => peer.notes().map((note) => `${peer.name}, ${note}`));
  await Promise.all(peers.map((peer) => peer.stop()));
  const help = summary(measureHelp());
  if (json) console.log(JSON.stringify({ ...machine, help, rows, notes }));
  else {
    console.log(`latentbrush --help (goal: under 300)\n  ${''.padEnd(20)} ${time(help)}\n`);
    console.log(notes.join('\n'));
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
