import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCorpus, type CorpusStream } from '../data/index.ts';
import { mountSmallDisk } from '../testing/small-disk.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { TrainEvent } from './events.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { tokenized } from './data.ts';
import { tokenizeCorpus } from './tokenized-file.ts';
import type { Tokens } from './tokens.ts';
import { resume, train } from './train.ts';
import { vocabularyCount } from './vocabulary-count.ts';

const LINES = [
  'The quick brown fox, ΑΣ',
  'jumps over\tthe lazy dog’s e\u0301clair.',
  '나를 부르라 👩‍👧 ok',
  '',
  '  two  blanks ',
];
const text = Array.from({ length: 200 }, (_, i) => `${LINES[i % LINES.length]} ${i % 7}`).join('\n');

async function opened(
  options: {
    cacheDir?: string;
    signal?: AbortSignal;
    onRead?: CorpusStream['onRead'];
    contents?: string;
  } = {},
): Promise<CorpusStream> {
  const path = join(await temporaryFolder(), 'large.txt');
  await writeFile(path, options.contents ?? text);
  return reopened(path, { cacheDir: await temporaryFolder(), ...options });
}

async function reopened(path: string, options: object): Promise<CorpusStream> {
  const corpus = await openCorpus(path, { streamedFrom: 1, ...options });
  if ('text' in corpus) throw new Error('the corpus was loaded');
  return corpus;
}

const all = async (events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> => {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
};

describe('tokens in a file', () => {
  it('of a corpus that was read by older rules: its run says so, and continues with it', async () => {
    const path = join(await temporaryFolder(), 'large.txt');
    await writeFile(path, text);
    const corpus = await reopened(path, { cacheDir: await temporaryFolder(), rules: 1 });
    const run = join(await temporaryFolder(), 'run');
    await all(train(corpus, { units: 4, window: 8, batchSize: 8, maxSteps: 1, sampleLength: 0, run }));
    expect(JSON.parse(await readFile(join(run, 'run.json'), 'utf8'))).toMatchObject({
      extra: { corpus: { rules: 1 } },
    });
    const again = await reopened(path, { cacheDir: await temporaryFolder(), rules: 1 });
    const events = await all(resume(run, again, { maxSteps: 2 }));
    expect(events.at(-1)).toMatchObject({ type: 'done', step: 2 });
  });

  it.each([
    ['characters', { level: 'char' }, 1],
    ['characters with their case', { level: 'char', keepCase: true }, 1],
    ['words', { level: 'word', vocabularySize: 20 }, 1],
    ['many words', { level: 'word', vocabularySize: 5000 }, 2],
  ] as const)('of %s are those of the text in memory', async (_, given, width) => {
    const contents = width === 1 ? text : Array.from({ length: 900 }, (__, i) => `w${i % 700}`).join(' ');
    const options = trainOptions.parse(given);
    const corpus = await opened({ contents });
    const inFile = await tokenized(corpus, options);
    const inMemory = await tokenized({ name: 'x', text: contents }, options);
    const { length } = inMemory.tokens;
    expect([...Array.from(inFile.tokens.read(0, length + 1))]).toEqual([
      ...Array.from(inMemory.tokens.read(0, length)),
    ]);
    expect(inFile.vocabulary).toEqual(inMemory.vocabulary);
    expect(inFile).toMatchObject({ sha256: inMemory.sha256, characters: inMemory.characters });
    expect(inFile.charactersPerToken).toBeCloseTo(inMemory.charactersPerToken, 12);
    const [file] = (await readdir(join(corpus.cacheDir, 'corpora'))).filter((name) => name.endsWith('.bin'));
    expect(await readFile(join(corpus.cacheDir, 'corpora', file!))).toHaveLength(length * width);
    inFile.tokens.release();
  });

  it('of a folder are those of its joined files', async () => {
    const folder = await temporaryFolder();
    for (const [name, contents] of [
      ['2.txt', 'second\r'],
      ['10.txt', '\u0301tenth'],
      ['1.md', 'first'],
      ['3.txt', ''],
    ] as const)
      await writeFile(join(folder, name), contents);
    const options = trainOptions.parse({});
    const { tokens, vocabulary } = await tokenized(
      await reopened(folder, { cacheDir: await temporaryFolder() }),
      options,
    );
    expect(vocabulary.decode(tokens.read(0, 100))).toBe('first\nsecond\n\n\u0301tenth');
    tokens.release();
  });

  it('train as the text in memory does, and a run continues with them', async () => {
    const options: TrainInput = {
      units: 8,
      window: 8,
      batchSize: 16,
      maxSteps: 6,
      sampleLength: 5,
      threads: 1,
      validation: 0.1,
    };
    const steps = (events: readonly TrainEvent[]) =>
      events.flatMap((event) => (event.type === 'step' ? [event.batchLoss] : []));
    const whole = await all(train({ name: 'x', text }, options));
    const corpus = await opened();
    const run = join(await temporaryFolder(), 'run');
    const first = await all(train(corpus, { ...options, maxSteps: 3, run }));
    const rest = await all(resume(run, corpus, { maxSteps: 6 }));
    expect([...steps(first), ...steps(rest)]).toEqual(steps(whole));
    const other = await opened({ contents: `${text} other` });
    await expect(all(resume(run, other, { maxSteps: 7 }))).rejects.toThrow(
      /not the text this run was trained on/,
    );
    const stored = JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) as { extra: { corpus: object } };
    expect(stored.extra.corpus).toMatchObject({
      characters: text.normalize('NFC').length,
      source: corpus.source,
    });
  });
});

describe('the file of tokens in the cache', () => {
  const options = trainOptions.parse({});
  const filesOf = async ({ cacheDir }: CorpusStream): Promise<string[]> =>
    (await readdir(join(cacheDir, 'corpora'))).sort();

  it('is found again without reading the corpus; a damaged one is made again', async () => {
    const corpus = await opened();
    const { tokens } = await tokenizeCorpus(corpus, options);
    const ids = Array.from(tokens.read(0, 1e6));
    tokens.release();
    const again = { ...corpus, pieces: () => { throw new Error('the corpus was read'); } }; // prettier-ignore
    expect(Array.from((await tokenizeCorpus(again, options)).tokens.read(0, 1e6))).toEqual(ids);
    const [file] = (await filesOf(corpus)).filter((name) => name.endsWith('.bin'));
    const path = join(corpus.cacheDir, 'corpora', file!);
    const bytes = await readFile(path);
    bytes[7]! += 1;
    await writeFile(path, bytes);
    await expect(tokenizeCorpus(again, options)).rejects.toThrow('the corpus was read');
    expect(Array.from((await tokenizeCorpus(corpus, options)).tokens.read(0, 1e6))).toEqual(ids);
    expect(await filesOf(corpus)).toHaveLength(2);
  });

  it('is made again when the corpus changes', async () => {
    const corpus = await opened();
    const first = await tokenizeCorpus(corpus, options);
    await writeFile(corpus.source, `${text}!`);
    const changed = await reopened(corpus.source, { cacheDir: corpus.cacheDir });
    expect((await tokenizeCorpus(changed, options)).tokens.length).toBe(first.tokens.length + 1);
  });

  it('continues after an interruption from the last saved state', async () => {
    const long = `${text}\n${'The quick brown fox jumps over the lazy dog.\n'.repeat(50_000)}`;
    const controller = new AbortController();
    const stop: NonNullable<CorpusStream['onRead']> = ({ done, total }) => {
      if (done > 0.7 * total) controller.abort();
    };
    const corpus = await opened({ contents: long, signal: controller.signal, onRead: stop });
    await expect(tokenizeCorpus(corpus, options, undefined, 1)).rejects.toThrow(/abort/);
    expect((await filesOf(corpus)).filter((name) => name.includes('.part')).length).toBe(2);
    const seen: number[] = [];
    const continued = await reopened(corpus.source, {
      cacheDir: corpus.cacheDir,
      onRead: ({ done }: { done: number }) => seen.push(done),
    });
    const { tokens, vocabulary } = await tokenizeCorpus(continued, options);
    expect(seen[0]).toBeGreaterThan(1.3 * corpus.bytes); // not the first reading, nor the beginning of the second
    const expected = (
      await tokenizeCorpus(await reopened(corpus.source, { cacheDir: await temporaryFolder() }), options)
    ).tokens;
    const bytes = ({ read, length }: Tokens) => Buffer.from(read(0, length) as Uint8Array);
    expect(bytes(tokens).equals(bytes(expected))).toBe(true);
    expect(vocabulary.decode(tokens.read(tokens.length - 9, 9))).toBe('lazy dog.\n'.slice(-9));
    expect(await filesOf(corpus)).toHaveLength(2);
  });

  it('is the same from two that make it at once', async () => {
    const corpus = await opened();
    const [one, two] = await Promise.all([tokenizeCorpus(corpus, options), tokenizeCorpus(corpus, options)]);
    expect(Array.from(one.tokens.read(0, 1e6))).toEqual(Array.from(two.tokens.read(0, 1e6)));
    expect(await filesOf(corpus)).toHaveLength(2);
  });

  it('is not made of a corpus that changes while it is read', async () => {
    const corpus = await opened();
    await writeFile(corpus.source, `${text}!`);
    await expect(tokenizeCorpus(corpus, options)).rejects.toThrow(/large.txt: was changed while it was read/);
    expect(await filesOf(corpus)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'is a temporary one where the cache cannot be written',
    async () => {
      const corpus = await opened({ cacheDir: '/proc/self/cache' });
      const { tokens, vocabulary } = await tokenizeCorpus(corpus, options);
      expect(vocabulary.decode(tokens.read(0, 9))).toBe('the quick');
      tokens.release();
    },
  );

  const smallDisk = mountSmallDisk(64);
  it.skipIf(smallDisk === undefined)(
    'leaves nothing on a full disk (needs root to mount a small disk)',
    async () => {
      const corpus = await opened({ contents: `${text}\n`.repeat(30), cacheDir: smallDisk?.folder ?? '' });
      await expect(tokenizeCorpus(corpus, options)).rejects.toThrow(
        /corpora.*: the disk is full; free some space .*LATENTBRUSH_CACHE_DIR/,
      );
      expect(await filesOf(corpus)).toEqual([]);
      smallDisk?.unmount();
    },
  );
});

describe('vocabularyCount', () => {
  it('keeps frequent words where there are more different ones than it counts', () => {
    const count = vocabularyCount('word', true, 5, 50);
    for (let i = 0; i < 2000; i++) count.add(` rare${i} ${['often', 'also', 'third'][i % 3]}`);
    expect(count.vocabulary().tokens.slice(1, 4).toSorted()).toEqual([' also', ' often', ' third']);
  });
});
