import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { float32 } from '../graph/ndarray.ts';
import { input } from '../graph/tensor.ts';
import { encodeOnnx } from '../onnx/write/encode.ts';
import { gather, matmul, mul, reduceSum } from '../ops/index.ts';
import { ParallelSessions } from './parallel.ts';

const engine = new URL('../../dist/index.js', import.meta.url);

/** Runs a program that trains one step in two shards, and then does something else. */
function programThat(then: string): { readonly stdout: string; readonly code: number | null } {
  const program = `
    import { input, matmul, reduceSum, zeros, optim, TrainingState } from ${JSON.stringify(engine.href)};
    const [x, w] = [input('x', [500, 500]), input('w', [500, 500])];
    const state = new TrainingState({ w: zeros([500, 500], 'float32') });
    const trainer = await optim.createTrainer({
      loss: reduceSum(matmul(matmul(matmul(x, w), w), w)),
      parameters: { w }, optimizer: optim.sgd({ learningRate: 1 }), state, outputs: {}, shards: 2, threads: 2,
    });
    const feeds = { x: zeros([500, 500], 'float32') };
    await trainer.step([feeds, feeds]);
    console.log('trained');
    ${then}`;
  const { stdout, status: code } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout, code };
}

describe.skipIf(!existsSync(engine))('threads in a process', { timeout: 30_000 }, () => {
  it('that wait for the next step let it end, also if nobody released them', () => {
    expect(programThat('')).toEqual({ stdout: 'trained\n', code: 0 });
  });

  it('that compute do not abort it when it exits', () => {
    const exit = 'void trainer.step([feeds, feeds]); setTimeout(() => process.exit(7), 5);';
    expect(programThat(exit)).toEqual({ stdout: 'trained\n', code: 7 });
  });
});

describe('sessions in several threads', { timeout: 30_000 }, () => {
  const SIDE = 700;
  /** The sum of products of a matrix with itself, some milliseconds of work, plus an element that a wrong index cannot name. */
  function sessions(): Promise<ParallelSessions> {
    const [x, index] = [input('x', [SIDE, SIDE]), input('index', [1], 'int64')];
    const picked = gather(x, index);
    const products = reduceSum(matmul(matmul(matmul(picked, x), x), matmul(x, x)));
    const outputs = { picked: reduceSum(picked), products };
    const own = [
      { name: 'x', dtype: 'float32', shape: [SIDE, SIDE] },
      { name: 'index', dtype: 'int64', shape: [1] },
    ] as const;
    const ports = Object.keys(outputs).map((name) => ({ name, dtype: 'float32', shape: [] }) as const);
    return ParallelSessions.create(
      () =>
        Promise.resolve({
          model: encodeOnnx(new Graph(outputs)),
          ports: { shared: [], own, outputs: ports },
        }),
      { count: 2, threads: 2, options: { intraOpNumThreads: 1, logSeverityLevel: 4 } },
    );
  }
  const feeds = (value: number, index = 0) => ({
    x: float32(new Float32Array(SIDE * SIDE).fill(value), [SIDE, SIDE]),
    index: { dtype: 'int64', shape: [1], data: BigInt64Array.of(BigInt(index)) } as const,
  });

  it('after an error in one thread, do not take the late answer of another for that of the next run', async () => {
    const both = await sessions();
    await expect(both.run({}, [feeds(1, 99_999), feeds(1)])).rejects.toThrow(/99999|indices/);
    const results = await both.run({}, [feeds(2), feeds(3)]);
    expect(results.map(({ picked }) => picked!.data[0])).toEqual([2 * SIDE, 3 * SIDE]);
    await both.release();
  });

  it('are released when their run is done, and refuse the next', async () => {
    const both = await sessions();
    const running = both.run({}, [feeds(1), feeds(2)]);
    await both.release(); // a thread that ends in a run would abort the process
    expect((await running).map(({ picked }) => picked!.data[0])).toEqual([SIDE, 2 * SIDE]);
    await expect(both.run({}, [feeds(1), feeds(1)])).rejects.toThrow(/worker thread .* ended/);
    await both.release();
  });

  it('report a model that no thread can load, and listen to the errors of all threads', async () => {
    const options = { count: 8, threads: 8, options: {} };
    const broken = ParallelSessions.create(
      () => Promise.resolve({ model: Uint8Array.of(1, 2, 3), ports: { shared: [], own: [], outputs: [] } }),
      options,
    );
    await expect(broken).rejects.toThrow(/load|parse|protobuf|model/i);
    await new Promise((resolve) => setTimeout(resolve, 100)); // an error event without a listener would end the process
  });

  it('end when the model cannot be made', async () => {
    const created = ParallelSessions.create(() => Promise.reject(new Error('no model')), {
      count: 3,
      threads: 3,
      options: {},
    });
    await expect(created).rejects.toThrow('no model');
  });

  it('give the results in the order of the shards, however many threads there are', async () => {
    const x = input('x', [1]);
    const port = { dtype: 'float32', shape: [1] } as const;
    const build = () =>
      Promise.resolve({
        model: encodeOnnx(new Graph({ y: mul(x, input('factor', [1])) })),
        ports: {
          shared: [{ name: 'factor', ...port }],
          own: [{ name: 'x', ...port }],
          outputs: [{ name: 'y', ...port }],
        },
      });
    for (const threads of [2, 3, 9]) {
      const all = await ParallelSessions.create(build, { count: 7, threads, options: {} });
      const own = Array.from({ length: 7 }, (_, index) => ({ x: float32([index]) }));
      for (const factor of [10, 100]) {
        const results = await all.run({ factor: float32([factor]) }, own);
        expect(results.map(({ y }) => y!.data[0])).toEqual(own.map((__, index) => factor * index));
      }
      await all.release();
    }
  });
});
