// Load on the studio's server, from this process on another: 200 streams of events and 50 requests a second, while jobs run one after the
// other. Prints how many events each stream got, how late, and the memory of the server.
//
//   node bench/studio-load.mjs [seconds] [streams] [requests a second]
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { quantile } from './studio/figures.mjs';
import { startServer } from './studio/server.mjs';

const [seconds = 60, streams = 200, perSecond = 50] = process.argv.slice(2).map(Number);

const server = await startServer();
const address = new URL(server.url);
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** @type {(path: string, headers?: Record<string, string>, body?: unknown) => Promise<import('node:http').IncomingMessage>} */
const ask = (path, headers = {}, body) =>
  new Promise((done, fail) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(new URL(path, address), { agent, method, headers }, done).on('error', fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

const entry = await ask(`/${address.search}`);
const cookie = String(entry.headers['set-cookie']?.[0]).split(';')[0] ?? '';
entry.resume();

/** @type {string[][]} what each stream got: job and number of each event */
const got = [];
/** @type {number[]} milliseconds from an event to its arrival */
const delays = [];
for (let index = 0; index < streams; index++) {
  const events = /** @type {string[]} */ ([]);
  got.push(events);
  const stream = await ask('/api/events', { cookie });
  const lines = createInterface({ input: stream });
  lines.on('error', () => undefined); // the server ends at the end
  lines.on('line', (text) => {
    if (!text.startsWith('data: ')) return;
    const { job, number, time } = JSON.parse(text.slice(6));
    events.push(`${job} ${number}`);
    delays.push(Date.now() - time);
  });
}
const before = server.memory().now;

/** A small dream: some twenty events. */
const addJob = async () => {
  const job = {
    job: 'dream.picture',
    inputs: { picture: { example: 'cat' } },
    options: {
      size: 128,
      octaves: 1,
      iterations: 20,
      threads: 1,
      layers: [{ layer: 'mixed1', coefficient: 1 }],
    },
  };
  const answer = await ask('/api/jobs', { cookie, 'content-type': 'application/json' }, job);
  answer.resume();
  if (answer.statusCode !== 201) throw new Error(`a job was refused: ${answer.statusCode}`);
};

const end = performance.now() + 1000 * seconds;
/** @type {number[]} */
const times = [];
let failed = 0;
let next = performance.now();
for (let count = 0; performance.now() < end; count++) {
  if (count % (10 * perSecond) === 0) await addJob();
  const sent = performance.now();
  void ask(count % 2 === 0 ? '/api/jobs' : '/api/runs', { cookie }).then((answer) => {
    answer.resume();
    answer.on('end', () => times.push(performance.now() - sent));
    if (answer.statusCode !== 200) failed += 1;
  });
  next += 1000 / perSecond;
  await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
}
await new Promise((done) => setTimeout(done, 2000));

const jobs = await (async () => {
  const answer = await ask('/api/jobs', { cookie });
  const text = (await answer.toArray()).join('');
  return /** @type {{ state: string, error?: unknown }[]} */ (JSON.parse(text));
})();

const share = (/** @type {number[]} */ values, /** @type {number} */ part) =>
  quantile(values, part).toFixed(1);
const most = Math.max(...got.map((events) => events.length));
const complete = got.filter((events) => events.join() === got[0]?.join()).length;
console.log(`server ready after ${(server.ready / 1000).toFixed(2)} s`);
console.log(
  `${times.length} requests, ${failed} refused; median ${share(times, 0.5)} ms, 99 % ${share(times, 0.99)} ms`,
);
for (const { error } of jobs) if (error !== undefined) console.log('a job failed:', JSON.stringify(error));
console.log(`${jobs.length} jobs, ${jobs.filter(({ state }) => state === 'done').length} done`);
console.log(`${most} events; ${complete} of ${streams} streams got the same ones in order`);
console.log(`an event arrives after ${share(delays, 0.5)} ms (median), ${share(delays, 0.99)} ms (99 %)`);
console.log(
  `memory of the server: ${before.toFixed(0)} MB with all streams open, ${server.memory().now.toFixed(0)} MB at the end`,
);
await server.stop();
process.exit(0);
