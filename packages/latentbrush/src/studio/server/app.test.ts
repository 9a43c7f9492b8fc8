import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { photographs } from '../../data/index.ts';
import { encodePicture, picture, recipe, decodePicture, writePicture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { storeDoneJob } from '../queue/folder-queue.ts';
import { built, HOST, reached, hasEnded, testStudio, TOKEN, type TestStudio } from '../testing/studio.ts';

const json = (value: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

/** A path of each route, with its parameters filled in. */
function pathsOf({ routes }: TestStudio): { method: string; path: string }[] {
  const named = routes.filter(({ method }) => method !== 'ALL');
  return named.map(({ method, path }) => ({
    method,
    path: path.replace(/:\w+(\{.+?\})?/g, 'x').replace('*', 'x'),
  }));
}

/** Uploads a picture to the studio. @returns its id */
async function upload({ fetch }: TestStudio, bytes: Uint8Array, name = 'a.png'): Promise<Response> {
  return fetch('/api/uploads', {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { 'x-file-name': encodeURIComponent(name) },
  });
}

const somePicture = (): Promise<Uint8Array> => encodePicture(picture(3, 120, 130), 'png');

describe('every route of the studio', () => {
  it('needs the cookie that the address with the token sets', async () => {
    const studio = await testStudio();
    const paths = pathsOf(studio);
    expect(paths.length).toBeGreaterThan(15);
    for (const { method, path } of paths) {
      const answer = await studio.bare(path, { method });
      expect({ path, status: answer.status }).toEqual({ path, status: 401 });
      const wrong = await studio.bare(path, { method, headers: { cookie: `latentbrush-4242=${TOKEN}` } });
      expect({ path, status: wrong.status }).toEqual({ path, status: 401 });
    }
    const entry = await studio.bare(`/?token=${TOKEN}`);
    expect(entry.status).toBe(303);
    expect(entry.headers.get('location')).toBe('/');
    expect(entry.headers.get('set-cookie')).toMatch(
      /^latentbrush-4242=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await studio.bare('/?token=another')).status).toBe(403);
    expect((await studio.bare(`/api/jobs?token=${TOKEN}`)).status).toBe(401); // the token opens the page, but nothing else
    expect((await studio.fetch('/')).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:4242',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost.evil.example:4242',
    '[::1]:4242',
    '',
  ])('refuses the host %j, against DNS rebinding', async (host) => {
    const studio = await testStudio();
    for (const { method, path } of pathsOf(studio))
      expect((await studio.fetch(path, { method, headers: { host } })).status).toBe(421);
  });

  it.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://127.0.0.1:4243' }],
    [{ origin: `https://${HOST}` }],
    [{ origin: 'http://localhost:4242' }], // then the page is at 127.0.0.1
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }], // another port of this machine
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ])('refuses a request of another site: %j', async (headers) => {
    const studio = await testStudio();
    for (const { method, path } of pathsOf(studio))
      expect((await studio.fetch(path, { method, headers })).status).toBe(403);
  });

  it('opens from a link on another page, but allows it nothing else', async () => {
    const studio = await testStudio();
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await studio.bare(`/?token=${TOKEN}`, { headers: link })).status).toBe(303);
    expect((await studio.fetch('/api/jobs', { headers: link })).status).toBe(403);
  });

  it('has headers that allow only its own scripts, no frames, no type sniffing, and no other sites', async () => {
    const studio = await testStudio();
    for (const path of ['/', '/api/jobs', '/nothing', '/api/jobs/x']) {
      const { headers } = await studio.fetch(path);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-inline');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('limits requests per second', async () => {
    const studio = await testStudio();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now()); // on a busy machine they take seconds
    const answers = await Promise.all(Array.from({ length: 1000 }, () => studio.fetch('/api/examples')));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(100);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(500);
  });
});

describe('an uploaded picture', () => {
  it('is encoded again: only its pixels stay, and its recipe is returned', async () => {
    const studio = await testStudio();
    const made = recipe({
      system: 'dream',
      job: 'dream.picture',
      seed: 3,
      options: { octaves: 2 },
      inputs: [],
    });
    const answer = await upload(
      studio,
      await encodePicture(picture(3, 20, 30), 'png', { recipe: made }),
      '../../x\u202Egnp.exe',
    );
    expect(answer.status).toBe(201);
    const { upload: kept, recipe: found } = (await answer.json()) as {
      upload: { id: string; name: string };
      recipe: unknown;
    };
    expect(kept).toMatchObject({ name: 'xgnp.exe', width: 30, height: 20 });
    expect(found).toMatchObject({ job: 'dream.picture', seed: 3 });
    const shown = await studio.fetch(`/api/uploads/${kept.id}`);
    expect(shown.headers.get('content-type')).toBe('image/png');
    const bytes = new Uint8Array(await shown.arrayBuffer());
    expect(Buffer.from(bytes).includes('dream.picture')).toBe(false);
    expect(await decodePicture(bytes, 'a.png')).toMatchObject({ width: 30, height: 20 });
    const small = new Uint8Array(await (await studio.fetch(`/api/uploads/${kept.id}?size=16`)).arrayBuffer());
    expect(await decodePicture(small, 'a.webp')).toMatchObject({ width: 16 });
  });

  it('has the pictures that it was made from, if the studio has them', async () => {
    const folder = await temporaryFolder();
    const dream = join(folder, 'earlier.png');
    await writePicture(dream, picture(3, 9, 9));
    await storeDoneJob(folder, { job: 'dream.picture', inputs: {}, options: {} }, dream);
    const studio = await testStudio({}, undefined, folder);
    const photograph = await encodePicture(picture(3, 20, 30), 'png');
    const added = (await (await upload(studio, photograph, 'mine.png')).json()) as { upload: { id: string } };
    const written = await readFile(join(studio.folder, 'uploads', added.upload.id, 'picture.png'));
    const cat = await photographs.cat.load();
    const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const made = recipe({
      system: 'style',
      job: 'style.paint',
      seed: 1,
      options: { roles: { content: [0], styles: [1, 2, 3, 4] } },
      inputs: [
        { name: 'mine.png', sha256: hashOf(photograph) },
        { name: 'picture.png', sha256: hashOf(written) },
        { name: 'cat.jpg', sha256: hashOf(cat) },
        { name: 'lost.jpg', sha256: '0'.repeat(64) },
        { name: 'dream.png', sha256: hashOf(await readFile(dream)) },
      ],
    });
    const answer = await upload(
      studio,
      await encodePicture(picture(3, 8, 8), 'png', { recipe: made }),
      'a.png',
    );
    const own = { upload: added.upload.id };
    expect(await answer.json()).toMatchObject({
      pictures: {
        content: [own],
        styles: [
          own,
          { example: 'cat' },
          null,
          { job: studio.queue.list()[0]!.id, file: 'artefacts/dream.png' },
        ],
      },
    });
  });

  it.each([
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a program', '#!/bin/sh\necho'],
    ['nothing', ''],
  ])('that is %s is refused in a line', async (_, text) => {
    const studio = await testStudio();
    const answer = await upload(studio, new TextEncoder().encode(text), 'a.png');
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: string[] };
    expect(error).toHaveLength(1);
    expect(await (await studio.fetch('/api/uploads')).json()).toEqual([]);
  });

  it('that is larger than allowed is refused before it is read', async () => {
    const studio = await testStudio();
    const answer = await studio.fetch('/api/uploads', {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': '99999999999' },
    });
    expect(answer.status).toBe(413);
  });

  it.each(['../../etc/passwd', '..%2f..%2fjobs', 'x', '%00'])('has no id %j', async (id) => {
    const studio = await testStudio();
    expect((await studio.fetch(`/api/uploads/${id}`)).status).toBe(404);
  });
});

describe('a job that a page asks for', () => {
  it.each([
    ['a path as an input', { job: 'dream.picture', inputs: { picture: '/etc/passwd' } }, 400],
    ['a path as a data set', { job: 'vae.train', inputs: { dataset: { dataset: '/etc' } }, run: 'a' }, 404],
    [
      'an address as a data set',
      { job: 'vae.train', inputs: { dataset: { dataset: 'http://127.0.0.1/' } }, run: 'a' },
      404,
    ],
    ['a run outside of the studio', { job: 'vae.sample', inputs: { run: { run: '../jobs' } } }, 400],
    ['a missing run', { job: 'vae.sample', inputs: { run: { run: 'nothing' } } }, 404],
    [
      'a place outside of the studio',
      { job: 'vae.train', inputs: { dataset: { dataset: 'emoji:faces' } }, run: '../../tmp/x' },
      400,
    ],
    ['a missing example', { job: 'dream.picture', inputs: { picture: { example: 'constructor' } } }, 404],
    ['a file of another job', { job: 'dream.picture', inputs: { picture: { job: 'x', file: 'y' } } }, 404],
    ['a missing job', { job: 'constructor' }, 400],
    ['more than there is to ask', { job: 'dream.picture', output: '/tmp/x' }, 400],
    ['options of another kind', { job: 'dream.picture', options: [] }, 400],
  ])('is refused with %s', async (_, request, status) => {
    const studio = await testStudio({ concurrency: 0 });
    const answer = await studio.fetch('/api/jobs', json(request));
    const { error } = (await answer.json()) as { error: unknown[] };
    expect({ status: answer.status, parts: error.length > 0 }, JSON.stringify(error)).toEqual({
      status,
      parts: true,
    });
    expect(studio.queue.list()).toEqual([]);
  });

  it('is refused with status 429 while too many wait', async () => {
    const { fetch } = await testStudio({ concurrency: 0, maxQueued: 2 });
    const job = json({ job: 'dream.picture', inputs: { picture: { example: 'cat' } }, options: {} });
    for (let i = 0; i < 2; i++) expect((await fetch('/api/jobs', job)).status).toBe(201);
    const refused = await fetch('/api/jobs', job);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({
      error: ['2 jobs wait already, which is the limit; cancel some first'],
    });
  });

  it('with a wrong option is refused at the option', async () => {
    const studio = await testStudio({ concurrency: 0 });
    const answer = await studio.fetch(
      '/api/jobs',
      json({ job: 'dream.picture', inputs: { picture: { example: 'cat' } }, options: { octaveScale: 1 } }),
    );
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: [
        { option: 'octaveScale' },
        expect.stringMatching(/^: 1 was given; it must be greater than 1 /) as string,
      ],
    });
  });

  it('larger than the limit of a request is refused', async () => {
    const studio = await testStudio({ concurrency: 0 });
    expect((await studio.fetch('/api/jobs', json({ job: 'x'.repeat(2 ** 20) }))).status).toBe(413);
    expect((await studio.fetch('/api/jobs', { method: 'POST', body: '{"job":' })).status).toBe(400);
  });

  it.each(['vae.resume', 'vae.train'])('cannot be %s of a run that comes with the package', async (job) => {
    const studio = await testStudio({ concurrency: 0 });
    const inputs = job === 'vae.train' ? { dataset: { dataset: 'emoji:faces' } } : {};
    const answer = await studio.fetch('/api/jobs', json({ job, inputs, run: 'pretrained:faces-vae' }));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('comes with the package and is only for use');
  });

  it.skipIf(!built)(
    'runs; its events reach the page within 100 ms, from any index on (needs the build in dist/)',
    async () => {
      const studio = await testStudio();
      const { upload: kept } = (await (await upload(studio, await somePicture())).json()) as {
        upload: { id: string };
      };
      const asked = json({
        job: 'dream.picture',
        inputs: { picture: { upload: kept.id } },
        options: { octaves: 1, iterations: 3, threads: 1 },
      });
      const { id } = (await (await studio.fetch('/api/jobs', asked)).json()) as { id: string };
      const events = await eventsOf(await studio.fetch(`/api/jobs/${id}/events`));
      expect(studio.queue.get(id)).toMatchObject({ state: 'done' });
      expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + events[0]!.number));
      for (const { time, heard } of events.slice(2)) expect(heard - time).toBeLessThan(100);
      expect(events.at(-1)).toMatchObject({ type: 'state', state: 'done' });
      const rest = await eventsOf(
        await studio.fetch(`/api/jobs/${id}/events`, {
          headers: { 'last-event-id': String(events.at(-3)!.number) },
        }),
      );
      expect(rest.map(({ number }) => number)).toEqual(events.slice(-2).map(({ number }) => number));
      const made = await studio.fetch(`/api/jobs/${id}/files/artefacts/dream.png`);
      expect(made.headers.get('cache-control')).toBe('private, max-age=86400');
      const preview = await studio.fetch(`/api/jobs/${id}/files/preview.jpg`);
      expect([preview.status, preview.headers.get('cache-control')]).toEqual([200, null]); // it is written repeatedly
      expect(made.headers.get('content-type')).toBe('image/png');
    },
    60_000,
  );

  it.skipIf(!built)(
    'serves only its own files: no path, no link out (needs the build in dist/)',
    async () => {
      const studio = await testStudio();
      const { id } = (await (
        await studio.fetch(
          '/api/jobs',
          json({
            job: 'dream.picture',
            inputs: { picture: { example: 'cat' } },
            options: { octaves: 1, iterations: 1, threads: 1 },
          }),
        )
      ).json()) as { id: string };
      await reached(studio.queue, id, hasEnded);
      await writeFile(join(studio.folder, 'secret.png'), 'secret');
      const own = join(studio.folder, 'jobs', id);
      await symlink(join(studio.folder, 'secret.png'), join(own, 'artefacts', 'link.png'));
      await symlink(studio.folder, join(own, 'artefacts', 'folder'));
      await mkdir(join(studio.folder, 'jobs', `${id}-2`));
      await writeFile(join(studio.folder, 'jobs', `${id}-2`, 'secret.png'), 'secret');
      const files = [
        'artefacts/link.png',
        'artefacts/folder/secret.png',
        '..%2f..%2fsecret.png',
        '%2e%2e/%2e%2e/secret.png',
        `..%2f${id}-2%2fsecret.png`,
        'artefacts',
        '%00',
      ];
      for (const file of files) {
        const answer = await studio.fetch(`/api/jobs/${id}/files/${file}`);
        expect({ file, status: answer.status, text: (await answer.text()).includes('secret') }).toEqual({
          file,
          status: 404,
          text: false,
        });
      }
      await writeFile(
        join(own, 'artefacts', 'a.svg'),
        '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      );
      await writeFile(join(own, 'artefacts', 'a.html'), '<script>1</script>');
      for (const file of ['a.svg', 'a.html']) {
        const { headers } = await studio.fetch(`/api/jobs/${id}/files/artefacts/${file}`);
        expect(headers.get('content-disposition')).toBe('attachment');
        expect(headers.get('content-type')).toBe('application/octet-stream');
      }
      expect(await readFile(join(studio.folder, 'secret.png'), 'utf8')).toBe('secret');
    },
    60_000,
  );
});

interface Heard {
  readonly number: number;
  readonly time: number;
  readonly type: string;
  readonly heard: number;
}

/** Reads a stream of server-sent events to its end. */
async function eventsOf(answer: Response): Promise<Heard[]> {
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const heard: Heard[] = [];
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return heard;
    text += value;
    const whole = text.split('\n\n');
    text = whole.pop()!;
    for (const event of whole) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined)
        heard.push({ ...(JSON.parse(data) as Omit<Heard, 'heard'>), heard: Date.now() });
    }
  }
}
