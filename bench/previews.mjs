// The time of previews, as a share of a job's time: a dream and a painting with the embedded network, alternately without previews and with
// those of the studio (every 400 ms, as a JPEG file). Goal: under 2 %.
//
//   node bench/previews.mjs <content picture> <style picture> [rounds, default 9]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobs } from '../packages/latentbrush/dist/index.js';
import { encodePicture } from '../packages/latentbrush/dist/image/index.js';
import { PreviewClock } from '../packages/latentbrush/dist/jobs/preview.js';

// The time that previews take in all: made, resized and shown.
const show = PreviewClock.prototype.show;
let inPreviews = 0;
PreviewClock.prototype.show = async function (...args) {
  const begin = performance.now();
  await show.apply(this, args);
  inPreviews += performance.now() - begin;
};

const [content, style, rounds = '9'] = process.argv.slice(2);
if (style === undefined) {
  console.error('usage: node bench/previews.mjs <content picture> <style picture> [rounds]');
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'previews-'));
const output = join(folder, 'out.png');
const backbone = 'embedded';
const requests = {
  'dream.picture': { inputs: { picture: content }, options: { backbone, size: 600 }, output },
  'style.paint': {
    inputs: { content, styles: [style] },
    options: { backbone, height: 400, rounds: 1, evaluations: 20 },
    output,
  },
};

/** Runs a job: its times in seconds, and the share of its previews. */
async function timed(name, preview) {
  const job = await jobs.jobNamed(name);
  const begin = performance.now();
  const cpu = process.cpuUsage();
  let previews = 0;
  inPreviews = 0;
  for await (const event of job.run(requests[name], preview ? { preview: { every: 400 } } : {})) {
    if (event.type !== 'preview') continue;
    previews += 1;
    await writeFile(join(folder, 'preview.jpg'), await encodePicture(event.picture, 'jpeg', { quality: 80 }));
  }
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - begin) / 1000;
  return { wall, cpu: (user + system) / 1e6, previews, share: inPreviews / 1000 / wall };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const percent = (ratio) => `${(100 * (ratio - 1)).toFixed(2)} %`;

try {
  for (const name of Object.keys(requests)) {
    await timed(name, true); // warms up
    const pairs = [];
    for (let round = 0; round < Number(rounds); round++) {
      const order = round % 2 === 0 ? [false, true] : [true, false];
      const pair = {};
      for (const preview of order) pair[preview ? 'shown' : 'plain'] = await timed(name, preview);
      pairs.push(pair);
    }
    const of = (figure) => pairs.map(({ plain, shown }) => shown[figure] / plain[figure]);
    const plain = median(pairs.map((pair) => pair.plain.wall));
    const previews = median(pairs.map(({ shown }) => shown.previews));
    const share = median(pairs.map(({ shown }) => shown.share));
    console.log(
      `${name}: ${plain.toFixed(1)} s, ${previews} previews, which take ${(100 * share).toFixed(2)} % of it; with them ${percent(median(of('wall')))} more time, ${percent(median(of('cpu')))} more processor time (medians of ${rounds} pairs; ${of('wall').map(percent).join(', ')})`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
