import { describe, expect, it, vi } from 'vitest';
import { floats, type Device, type LiveModel, type Ran } from './live-runtime.ts';
import { isSound, WithFallback } from './with-fallback.ts';

/** A model that computes these numbers, one run after the other; undefined fails. */
function modelOn(device: Device, ...results: (readonly number[] | undefined)[]) {
  const run = vi.fn<LiveModel['run']>();
  for (const numbers of results)
    if (numbers === undefined) run.mockRejectedValueOnce(new Error('lost'));
    else run.mockResolvedValueOnce(ranOn(device, numbers));
  return { run, release: vi.fn<() => void>() } satisfies LiveModel;
}

function ranOn(device: Device, numbers: readonly number[]): Ran {
  return { outputs: { y: floats(Float32Array.from(numbers), [numbers.length]) }, milliseconds: 1, device };
}

describe('a model on the GPU', () => {
  it.each([
    ['fails', undefined],
    ['gives NaN', [1, NaN]],
    ['gives infinity', [-Infinity, 1]],
    ['computes nothing', [0, 0]],
  ])('moves to the processor for good when its first run %s', async (_, first) => {
    const onGpu = modelOn('gpu', first, [7]);
    const onProcessor = modelOn('processor', [1], [2]);
    const load = vi.fn<() => Promise<LiveModel>>().mockResolvedValue(onProcessor);
    const model = new WithFallback(onGpu, load);
    expect(await model.run({}, ['y'])).toEqual(ranOn('processor', [1]));
    expect(await model.run({}, ['y'])).toEqual(ranOn('processor', [2]));
    expect(load).toHaveBeenCalledOnce();
    model.release();
    await Promise.resolve();
    expect(onGpu.release).toHaveBeenCalledOnce();
    expect(onProcessor.release).toHaveBeenCalledOnce();
  });

  it('moves when a later run fails, and stays while it computes', async () => {
    const onProcessor = modelOn('processor', [3]);
    const model = new WithFallback(modelOn('gpu', [1], [0], undefined), () => Promise.resolve(onProcessor));
    expect(await model.run({}, ['y'])).toEqual(ranOn('gpu', [1]));
    expect(await model.run({}, ['y'])).toEqual(ranOn('gpu', [0])); // only the first is checked
    expect(await model.run({}, ['y'])).toEqual(ranOn('processor', [3]));
  });

  it('looks only at floats', () => {
    const data = BigInt64Array.from([0n]);
    expect(isSound({ y: { dtype: 'int64', data, shape: [1] } })).toBe(true);
  });
});
