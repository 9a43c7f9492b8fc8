import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeOnnx, decodeSafetensors } from '@latentbrush/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { call } from '../../testing/call.ts';
import { built, finish, jsonLines, run, start } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';

const rhyme = 'the quick brown fox jumps over the lazy dog and runs away.\n'.repeat(80);
const small = ['--units', '8', '--window', '10', '--batch-size', '8', '--threads', '1'];
const quick = [...small, '--epochs', '2', '--sample-length', '20', '--temperatures', '0.5'];

async function folderWithRhyme(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'rhyme.txt'), rhyme);
  return folder;
}

describe.skipIf(!built)('latentbrush text (needs the build in dist/)', () => {
  it('trains, describes the run, writes and exports', async () => {
    const folder = await folderWithRhyme();
    const trained = await call(['text', 'train', 'rhyme.txt', '--run', 'r', ...quick], folder);
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.stdout).toMatch(/epoch 2: loss \d\.\d+/);
    expect(trained.stderr).toContain('latentbrush text sample r');

    const info = await call(['info', 'r', '--seed', '1'], folder);
    expect(info.stdout).toMatch(/corpus +rhyme\.txt, 4,720 characters/);

    const sampled = await call(
      ['text', 'sample', 'r', '--prompt', 'the quick', '--length', '30', '--temperature', '0.2,1'],
      folder,
    );
    expect(sampled.stdout).toMatch(
      /^--- temperature 0\.2\nthe quick.{30}\n--- temperature 1\nthe quick.{30}\n$/s,
    );

    const exported = await call(['export', 'r', '-o', 'model'], folder); // .onnx is added
    expect(exported).toMatchObject({ code: 0 });
    expect(exported.stdout).toMatch(/^model\.onnx: /);
    expect(await refusal(['export', 'r', '-o', 'models/'], folder)).toMatch(/models/);
    const bytes = await readFile(join(folder, 'model.onnx'));
    const session = await InferenceSession.create(bytes);
    const feeds = {
      token: new Tensor('int64', BigInt64Array.of(1n), [1, 1]),
      'state/1/h': new Tensor('float32', new Float32Array(8), [1, 8]),
      'state/1/c': new Tensor('float32', new Float32Array(8), [1, 8]),
    };
    const inputShapes = { token: [3, 1], 'state/1/h': [3, 8], 'state/1/c': [3, 8] };
    const { probabilities } = await session.run(feeds);
    const rows = { h: new Float32Array(24), c: new Float32Array(24) };
    const three = await session.run({
      token: new Tensor('int64', BigInt64Array.of(2n, 1n, 3n), [3, 1]),
      'state/1/h': new Tensor('float32', rows.h, [3, 8]),
      'state/1/c': new Tensor('float32', rows.c, [3, 8]),
    });
    const [one, all] = [probabilities, three.probabilities].map((found) => found?.data as Float32Array) as [
      Float32Array,
      Float32Array,
    ];
    expect(all).toHaveLength(3 * one.length);
    one.forEach((value, i) => expect(all[one.length + i]).toBeCloseTo(value, 5)); // any number of texts at once
    const sum = (probabilities!.data as Float32Array).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
    expect(JSON.parse(decodeOnnx(bytes, { inputShapes }).metadata.vocabulary ?? '')).toMatchObject({
      level: 'char',
    });
  });

  it('with --json writes one object a line and nothing else', async () => {
    const folder = await folderWithRhyme();
    const trained = await call(['text', 'train', 'rhyme.txt', '--run', 'r', '--json', ...quick], folder);
    expect(trained.stderr).toBe('');
    const types = jsonLines(trained.stdout).map(({ type }) => type as string);
    expect(new Set(types)).toEqual(new Set(['checkpoint', 'done', 'epoch', 'sample', 'start', 'step']));
    const sampled = await call(['text', 'sample', 'r', '--json', '--length', '5', '--prompt', 'the'], folder);
    const tokens = jsonLines(sampled.stdout);
    expect(tokens).toHaveLength(6);
    expect(tokens[0]).toMatchObject({ type: 'token', temperature: 0.5 });
  });

  it('reads a corpus from standard input, and from a folder of texts', async () => {
    const folder = await folderWithRhyme();
    const piped = await run(
      ['text', 'train', '-', '--run', 'piped', '--max-steps', '2', ...small],
      folder,
      rhyme,
    );
    expect(piped).toMatchObject({ code: 0 });
    await mkdir(join(folder, 'texts', 'deep'), { recursive: true });
    await writeFile(join(folder, 'texts', 'deep', 'a.md'), rhyme);
    const fromFolder = await call(
      ['text', 'train', 'texts', '--run', 'folder', '--max-steps', '2', ...small],
      folder,
    );
    expect(fromFolder).toMatchObject({ code: 0 });
  });

  it('on Ctrl-C saves, says how to continue and ends with 130; the resumed run has the result of an uninterrupted one', async () => {
    const folder = await folderWithRhyme();
    const child = start(['text', 'train', 'rhyme.txt', '--run', 'r', '--json', ...quick], folder);
    killAfter(child, 30, 'SIGINT');
    const interrupted = await finish(child);
    expect(interrupted.code).toBe(130);
    expect(jsonLines(interrupted.stdout).at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
    await call(['text', 'train', '--resume', 'r'], folder);
    await call(['text', 'train', 'rhyme.txt', '--run', 'whole', ...quick], folder);
    await expectSameRun(join(folder, 'r'), join(folder, 'whole'));
  });

  it('shows the entropy under a text that is cut at the stop, under the kept characters only', async () => {
    const folder = await folderWithRhyme();
    await call(['text', 'train', 'rhyme.txt', '--run', 'r', '--epochs', '1', ...small], folder);
    const sample = ['text', 'sample', 'r', '--prompt', 'the quick', '--length', '40', '--temperature', '1'];
    const wholly = jsonLines((await call([...sample, '--json'], folder)).stdout);
    const written = wholly.find(({ type }) => type === 'text')?.text as string;
    // A stop of two characters: the first one is buffered whenever it appears.
    const stop = written.slice(20, 22);
    const text = written.slice(0, written.indexOf(stop));
    const plain = await call([...sample, '--stop', stop], folder);
    expect(plain.stdout).toBe(`the quick${text}\n`);
    for (const [more, expected] of [
      [[], 'the quick\n'],
      [['-o', 'out.txt'], ''],
    ] as const) {
      const { stdout } = await call([...sample, '--stop', stop, '--entropy', ...more], folder);
      expect(stdout.startsWith(expected)).toBe(true);
      const lines = stdout.slice(expected.length).split('\n');
      const mean = lines.findIndex((line) => line.startsWith('mean entropy of the choices: '));
      const [texts, bars] = [0, 1].map((odd) => lines.slice(0, mean).filter((_, i) => i % 2 === odd));
      expect(texts!.join('\n')).toBe(text);
      expect(bars!.map((line) => line.length)).toEqual(texts!.map((line) => line.length));
      const tokens = wholly.filter(({ type }) => type === 'token').slice(0, text.length);
      const entropy = tokens.reduce((sum, token) => sum + (token.entropy as number), 0) / text.length;
      expect(lines[mean]).toBe(`mean entropy of the choices: ${entropy.toFixed(2)} bits`);
    }
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe(`the quick${text}\n`);
    const remade = await call(['remake', 'out.txt', '--inputs', 'r'], folder);
    expect(remade.stderr).toMatch(/^the same text, byte by byte$/m);
    await writeFile(join(folder, 'out.txt'), 'another text\n');
    const other = await call(['remake', 'out.txt', '--inputs', 'r'], folder);
    expect(other.stderr).toMatch(/^it differs: its text is not the original's$/m);
    expect([remade.code, other.code]).toEqual([0, 3]);
    const whole = await call([...sample, '--entropy'], folder);
    expect(whole.stdout.startsWith('the quick\n')).toBe(true);
    expect(whole.stdout.split('\n')[1]).toBe(written.split('\n')[0]);
  });

  it('killed at any moment loses only time: losses, texts and weights are those of an uninterrupted run', async () => {
    const folder = await folderWithRhyme();
    const options = [
      ...small,
      '--epochs',
      '3',
      '--sample-length',
      '20',
      '--checkpoint-every',
      '7',
      '--dropout',
      '0.1',
    ];
    await call(['text', 'train', 'rhyme.txt', '--run', 'whole', ...options], folder);

    let child = start(['text', 'train', 'rhyme.txt', '--run', 'r', '--json', ...options], folder);
    for (const steps of [1, 9, 40, 80, 170]) {
      killAfter(child, steps);
      await finish(child);
      child = start(['text', 'train', '--resume', 'r', '--json'], folder);
    }
    expect(await finish(child)).toMatchObject({ code: 0 });
    await expectSameRun(join(folder, 'r'), join(folder, 'whole'));
  }, 60_000);
});

// Kills the process after it has reported that many steps.
function killAfter(
  child: ChildProcessWithoutNullStreams,
  steps: number,
  signal: 'SIGINT' | 'SIGKILL' = 'SIGKILL',
): void {
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk.split('"type":"step"').length - 1;
    if (seen >= steps && !child.killed) child.kill(signal);
  });
}

async function expectSameRun(actual: string, expected: string): Promise<void> {
  for (const file of [
    'metrics.jsonl',
    ...(await readdir(join(expected, 'samples'))).map((name) => `samples/${name}`),
  ]) {
    expect(await readFile(join(actual, file), 'utf8')).toBe(await readFile(join(expected, file), 'utf8'));
  }
  const checkpoints = await readdir(join(expected, 'checkpoints'));
  const last =
    checkpoints
      .filter((name) => name.startsWith('step-'))
      .sort()
      .at(-1) ?? '';
  const [a, b] = await Promise.all(
    [actual, expected].map((folder) => readFile(join(folder, 'checkpoints', last))),
  );
  expect(decodeSafetensors(a ?? Buffer.alloc(0)).tensors).toEqual(
    decodeSafetensors(b ?? Buffer.alloc(0)).tensors,
  );
}

describe.skipIf(!built)(
  'bad input ends in one line on standard error, code 2 and nothing half-written (needs the build in dist/)',
  () => {
    const files: Record<string, string | Uint8Array> = {
      'empty.txt': '',
      'binary.txt': Uint8Array.of(65, 0, 66),
      'latin1.txt': Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a),
      'short.txt': 'too short',
      'rhyme.txt': rhyme,
      'taken/file': 'something',
    };
    const cases: [string, string[], RegExp][] = [
      ['no corpus', ['text', 'train'], /no corpus given/],
      ['a missing file', ['text', 'train', 'missing.txt', '--run', 'r'], /missing\.txt: no such file/],
      ['an empty file', ['text', 'train', 'empty.txt', '--run', 'r'], /empty\.txt: .*empty/],
      ['a binary file', ['text', 'train', 'binary.txt', '--run', 'r'], /binary\.txt: .*(binary|NUL)/],
      ['a file that is not UTF-8', ['text', 'train', 'latin1.txt', '--run', 'r'], /latin1\.txt: .*UTF-8/],
      [
        'a window longer than the corpus',
        ['text', 'train', 'short.txt', '--run', 'r'],
        /9 tokens, too few for a window of 60/,
      ],
      ['an unknown option', ['text', 'train', 'rhyme.txt', '--unit', '3'], /--unit/],
      [
        'a value out of range',
        ['text', 'train', 'rhyme.txt', '--run', 'r', '--dropout', '2'],
        /--dropout: 2 was given/,
      ],
      [
        'a value that is no number',
        ['text', 'train', 'rhyme.txt', '--run', 'r', '--units', 'many'],
        /--units: "many" is not a number/,
      ],
      ['an unknown model', ['text', 'train', 'rhyme.txt', '--run', 'r', '--model', 'rnn'], /lstm, gru, conv/],
      [
        'a run folder that is taken',
        ['text', 'train', 'rhyme.txt', '--run', 'taken', ...small],
        /taken: contains other files/,
      ],
      [
        'a run folder below a file',
        ['text', 'train', 'rhyme.txt', '--run', 'rhyme.txt/r', ...small],
        /rhyme\.txt/,
      ],
      ['resuming a folder that is no run', ['text', 'train', '--resume', 'taken'], /taken: not a run/],
      [
        'resuming with another option',
        ['text', 'train', '--resume', 'taken', '--units', '3'],
        /--resume continues with the options of the run/,
      ],
      ['sampling a folder that is no run', ['text', 'sample', 'nothing'], /nothing: no such folder/],
      [
        'a temperature of zero',
        ['text', 'sample', 'taken', '--temperature', '0'],
        /--temperature: 0 was given/,
      ],
      ['info on a folder that is no run', ['info', 'taken'], /not a run/],
    ];
    it.each(cases)('%s', async (_, args, message) => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, 'taken'));
      for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents);
      const { code, stdout, stderr } = await call(args, folder);
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect((await readdir(folder)).sort()).toEqual([
        'binary.txt',
        'empty.txt',
        'latin1.txt',
        'rhyme.txt',
        'short.txt',
        'taken',
      ]);
    });

    it('damaged, foreign and newer checkpoints are refused', async () => {
      const folder = await folderWithRhyme();
      await call(['text', 'train', 'rhyme.txt', '--run', 'r', '--max-steps', '3', ...small], folder);
      const [name = ''] = (await readdir(join(folder, 'r', 'checkpoints'))).filter((file) =>
        file.startsWith('step-'),
      );
      const path = join(folder, 'r', 'checkpoints', name);
      const bytes = await readFile(path);

      const altered = Buffer.from(bytes);
      altered[altered.length - 5] = (altered.at(-5) ?? 0) ^ 1;
      for (const [contents, message] of [
        [bytes.subarray(0, 1000), /damaged/],
        [altered, /damaged/],
      ] as const) {
        await writeFile(path, contents);
        const { code, stderr } = await call(['text', 'sample', 'r'], folder);
        expect(stderr).toMatch(message);
        expect(code).toBe(2);
      }

      await writeFile(path, bytes);
      await writeFile(join(folder, 'other.txt'), rhyme.replaceAll('q', 'k'));
      await call(['text', 'train', 'other.txt', '--run', 'other', '--max-steps', '3', ...small], folder);
      await writeFile(join(folder, 'other', 'checkpoints', name), bytes);
      const foreign = await call(['text', 'sample', 'other'], folder);
      expect(foreign.stderr).toMatch(/another vocabulary/);
      expect(foreign.code).toBe(2);
    });
  },
);
