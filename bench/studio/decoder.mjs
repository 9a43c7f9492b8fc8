import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vae } from '../../packages/latentbrush/dist/index.js';
import { emptyWindow } from './browser.mjs';
import { quantile, report } from './figures.mjs';

const RUN = 'pretrained:faces-vae';

/** Decodes of a measurement, and pictures of each. */
const WORK = [
  { batch: 1, decodes: 10 },
  { batch: 16, decodes: 1 },
];

/** How much faster than TensorFlow.js we want to be. */
const REQUIRED = 3;

/** How the network is written in TensorFlow.js. */
const FORMS = { fused: 'fused by hand', layers: 'as layers' };

const file = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const PAGE = file('../../packages/latentbrush/studio-page');
const TENSORFLOW = '../node_modules/@tensorflow';

/** Files of the page, by their address. */
const FILES = {
  '/page.js': file('decoder-page.js'),
  '/tensorflow-worker.js': file('tensorflow-worker.js'),
  '/tf.js': file(`${TENSORFLOW}/tfjs/dist/tf.es2017.min.js`),
  '/tf-backend-wasm.js': file(`${TENSORFLOW}/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js`),
};

/** Folders of the page: the worker of the studio, and the files of both runtimes. */
const FOLDERS = {
  '/ort/': `${PAGE}/ort/`,
  '/assets/': `${PAGE}/assets/`,
  '/tf/': file(`${TENSORFLOW}/tfjs-backend-wasm/dist/`),
};

const HTML = `<!doctype html><meta charset="utf-8"><title>decoder</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`;

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * The decoder of faces in ONNX Runtime Web, as the studio runs it, and in the WebAssembly backend of TensorFlow.js, in turn in one page.
 * @param {{ browser: import('playwright-core').Browser, rounds: number }} bench
 */
export async function decoder({ browser, rounds }) {
  if (!existsSync(FILES['/tf.js'])) {
    console.log('    skipped: TensorFlow.js is not installed; run: npm install --no-save (in bench)');
    return;
  }
  const page = await servedPage();
  const worker = `/assets/${readdirSync(`${PAGE}/assets`).find((name) => name.startsWith('worker-'))}`;
  for (const threads of [1, 2]) {
    const window = await emptyWindow(browser);
    window.on('console', (message) => message.type() === 'error' && console.error(message.text()));
    await window.goto(page.url);
    await window.waitForFunction(() => 'measure' in globalThis);
    const { version, difference, measured } = await window.evaluate((asked) => globalThis.measure(asked), {
      worker,
      threads,
      work: WORK,
      rounds,
    });
    console.log(`    ${version}`);
    const of = threads === 1 ? 'one thread' : `${threads} threads`;
    report(`largest difference of the pictures, ${of}`, 1e4 * difference, '/ 10,000', { below: 1 });
    for (const { batch, ours, ...others } of measured)
      for (const [form, theirs] of Object.entries(others)) {
        const ratios = theirs.map((time, round) => time / ours[round]);
        const [mine, other] = [ours, theirs].map((times) => quantile(times, 0).toFixed(2));
        const what = batch === 1 ? 'one picture' : `${batch} pictures at once`;
        report(`${what}, ${of}: TensorFlow.js, ${FORMS[form]}, takes`, quantile(ratios, 0.5), 'x our time', {
          atLeast: REQUIRED,
          note: `best ${mine} and ${other} ms`,
        });
      }
    await window.context().close();
  }
  await page.close();
}

/** A page that may use threads, with the model as ONNX and as arrays. */
async function servedPage() {
  const { model } = await vae.load(RUN);
  const weights = Object.entries(model.weights)
    .filter(([name]) => name.startsWith('decoder/'))
    .map(([name, { shape, data }]) => ({ name: name.slice('decoder/'.length), shape, data: [...data] }));
  const made = {
    '/': { type: 'text/html', body: HTML },
    '/model.onnx': { type: 'application/octet-stream', body: vae.exportOnnx(model).decoder.bytes },
    '/model.json': {
      type: 'application/json',
      body: JSON.stringify({ architecture: model.architecture, weights }),
    },
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    void answer(pathname, made).then(({ type, body }) => {
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': type,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
      response.end(body);
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

async function answer(pathname, made) {
  if (pathname in made) return made[pathname];
  const folder = Object.keys(FOLDERS).find((prefix) => pathname.startsWith(prefix));
  const path = FILES[pathname] ?? (folder && FOLDERS[folder] + pathname.slice(folder.length));
  const body = path === undefined ? undefined : await readFile(path).catch(() => undefined);
  return { type: TYPES[extname(pathname)] ?? 'text/plain', body };
}
