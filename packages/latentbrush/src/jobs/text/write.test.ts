import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../cli/testing/call.ts';
import { train, Writer } from '../../text/index.ts';
import type { JobEvent } from '../job.ts';
import { textWriteJob } from './write.ts';

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  run = join(folder, 'fox');
  const text = 'the quick brown fox jumps over the lazy dog. '.repeat(20);
  const options = {
    units: 8,
    window: 8,
    batchSize: 16,
    epochs: 1,
    sampleLength: 0,
    threads: 1,
    checkpointEvery: 4,
  };
  const training = train({ name: 'fox', text }, { ...options, keep: 3, run });
  while ((await training.next()).done !== true);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { prompt: 'the lazy ', length: 30, temperature: [1] };

async function eventsOf(given: object, output = '', inputs: object = {}): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  const request = { inputs: { run, ...inputs }, options: { ...options, ...given }, output };
  for await (const event of textWriteJob.run(request)) events.push(event);
  return events;
}

const texts = (events: readonly JobEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === 'sample' ? [event.data.text] : []));

const remade = (file: string) => call(['remake', file, '--inputs', run, '--quiet'], folder);

describe('the job text.write', () => {
  it('writes the text of the library, token by token', async () => {
    const writer = await Writer.load(run);
    const expected = await writer.write({ ...options, temperature: 1 });
    await writer.release();
    const events = await eventsOf({});
    expect(texts(events)).toEqual([expected]);
    const pieces = events.flatMap((event) => ('text' in event ? [event.text ?? ''] : []));
    expect(pieces.join('')).toBe(`the lazy ${expected}\n`);
  });

  it('writes several texts by consecutive streams of the seed; the first is the single text of that seed', async () => {
    const few = texts(await eventsOf({ count: 3 }));
    expect(new Set(few).size).toBe(3);
    expect(few[0]).toBe(texts(await eventsOf({}))[0]);
    expect(texts(await eventsOf({ count: 4 })).slice(0, 3)).toEqual(few);
  });

  it('ends at the stop text, and cuts the text before it', async () => {
    const [whole] = texts(await eventsOf({ length: 200 })) as string[];
    const stop = whole!.slice(20, 22);
    expect(texts(await eventsOf({ length: 200, stop }))).toEqual([whole!.slice(0, whole!.indexOf(stop))]);
  });

  it('writes a file and its recipe, from which remake makes it again and compares', async () => {
    const file = join(folder, 'book.txt');
    const events = await eventsOf({ seed: 4 }, file);
    expect(await readFile(file, 'utf8')).toBe(`the lazy ${String(texts(events)[0])}\n`);
    expect(events.at(-1)).toMatchObject({ type: 'done', data: { path: file } });
    expect((await remade(file)).code).toBe(0);
    expect(await readFile(join(folder, 'book-again.txt'), 'utf8')).toBe(await readFile(file, 'utf8'));
    await writeFile(file, 'something else\n');
    expect((await remade(file)).code).toBe(3);
  });

  it('writes several into a folder, each with its own recipe', async () => {
    const target = join(folder, 'books');
    await eventsOf({ count: 2, temperature: [0.5, 1] }, target);
    const names = ['text-0.5-1.txt', 'text-0.5-2.txt', 'text-1-1.txt', 'text-1-2.txt'];
    expect((await readdir(target)).filter((name) => name.endsWith('.txt')).sort()).toEqual(names);
    expect((await remade(join(target, 'text-1-2.txt'))).code).toBe(0);
    await expect(eventsOf({ count: 2 }, target)).rejects.toThrow(/already contains files/);
  });

  it('reads its prompt from a file, and an early checkpoint', async () => {
    const promptFile = join(folder, 'prompt.txt');
    await writeFile(promptFile, 'the lazy \n');
    expect(texts(await eventsOf({ prompt: '' }, '', { promptFile }))).toEqual(texts(await eventsOf({})));
    await expect(eventsOf({}, '', { promptFile })).rejects.toThrow(/^option prompt: a file .* choose one/);
    await writeFile(promptFile, '');
    await expect(eventsOf({ prompt: '' }, '', { promptFile })).rejects.toThrow(/is empty/);
    const early = texts(await eventsOf({ checkpoint: '16', greedy: true, length: 100 }));
    expect(early).toHaveLength(1);
    await expect(eventsOf({ checkpoint: '1' })).rejects.toThrow(/the step of a kept checkpoint: /);
  });

  it('aborted, keeps the text so far; remake stops there, too', async () => {
    const file = join(folder, 'cut.txt');
    const controller = new AbortController();
    const request = { inputs: { run }, options: { ...options, length: 5000 }, output: file };
    let last: JobEvent | undefined;
    for await (const event of textWriteJob.run(request, { signal: controller.signal })) {
      if (event.type === 'progress' && event.done === 7) controller.abort();
      last = event;
    }
    expect(last).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await readFile(file, 'utf8')).toHaveLength('the lazy '.length + 7 + 1);
    expect((await remade(file)).code).toBe(0);
  });
});
