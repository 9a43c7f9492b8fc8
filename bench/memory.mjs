// Peak memory, each case in a separate process: resident memory of the whole process, including Node.js and weights. Speed does not matter
// here, so it runs few steps: they need as much memory as many.
//
//   node bench/memory.mjs pictures     dreams and styles, by the size of the picture node bench/memory.mjs trainings    the training steps
//   of run.mjs, with their compile times
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { backbones, dream, style } from '../packages/latentbrush/dist/index.js';
import { randomVgg19 } from './networks/random-vgg19.mjs';
import { uniform } from './networks/random-values.mjs';
import { PEERS, startPeer } from './peers.mjs';

const DREAMS = [
  [600, 400],
  [1200, 800],
  [1500, 1000],
  [2400, 1600],
  [4243, 2828],
];
const STYLES = [
  [300, 200],
  [600, 400],
  [900, 600],
  [1200, 800],
];

const TRAININGS = ['text-step', 'conv-step', 'vae-step-16', 'vae-step-128', 'gan-iteration'];
const ROUNDS = 5;

function noise(width, height) {
  const data = uniform(1, 3 * width * height, 127.5).map((value) => value + 127.5);
  return { channels: 3, width, height, data };
}

async function last(events) {
  for await (const event of events) if (event.type === 'done') return event;
}

const works = {
  dream: async (width, height) =>
    last(dream.dream(await backbones.embeddedTrunk(), noise(width, height), { iterations: 2 })),
  'style, embedded trunk': async (width, height) =>
    last(painting(await backbones.embeddedTrunk(), width, height)),
  'style, VGG19': async (width, height) => last(painting(randomVgg19(), width, height)),
};

function painting(backbone, width, height) {
  const options = { height, rounds: 3, evaluations: 4, maxMemory: 64 };
  return style.paint(backbone, noise(width, height), [{ picture: noise(640, 480) }], options);
}

function measurePictures() {
  for (const name of Object.keys(works)) {
    for (const [width, height] of name === 'dream' ? DREAMS : STYLES) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), name, width, height],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`${name} ${width}x${height}: ${stderr}`);
      const peak = Number(stdout);
      const megapixels = (width * height) / 1e6;
      console.log(
        `${name} ${width}x${height}: ${peak.toFixed(2)} GiB, ${(peak / megapixels).toFixed(2)} GiB a megapixel`,
      );
    }
  }
}

async function measureTrainings() {
  for (const name of TRAININGS) {
    const answers = [];
    for (let round = 0; round < ROUNDS; round++) {
      const peer = await startPeer(PEERS.latentbrush[0]);
      for (let run = 0; run < 3; run++) answers.push(await peer.run(name));
      await peer.stop();
    }
    const start = Math.min(...answers.map((answer) => answer.start));
    const peak = Math.max(...answers.map((answer) => answer.peak));
    console.log(
      `${name}: compiled in ${(start / 1000).toFixed(2)} s (best of ${ROUNDS}), ${peak.toFixed(0)} MiB`,
    );
  }
}

const [work, width, height] = process.argv.slice(2);
if (work === 'trainings') await measureTrainings();
else if (work === 'pictures') measurePictures();
else if (width !== undefined && work in works) {
  await works[work](Number(width), Number(height));
  console.log(process.resourceUsage().maxRSS / 2 ** 20); // kibibytes to GiB
} else {
  console.error('usage: node bench/memory.mjs pictures | trainings');
  process.exitCode = 2;
}
