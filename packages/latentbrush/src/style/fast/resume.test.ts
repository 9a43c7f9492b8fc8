import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { noise } from '../../image/testing/noise.ts';
import { readMetrics } from '../../runs/metrics.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { type FastPictures } from './data.ts';
import { StylePainter } from './model.ts';
import { resume, train } from './train.ts';
import {
  all,
  backbone,
  contents,
  losses,
  of,
  pairs,
  pictures,
  quick,
  sheets,
  until,
} from './testing/trainings.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'run');
});

describe('a training that continues', () => {
  it.each([
    ['without pairs', pictures],
    ['with pairs', { ...pictures, pairs }],
  ])(
    'interrupted at several steps, it ends in the same bytes as an uninterrupted training, %s',
    async (_, given) => {
      const whole = join(folder, '..', 'whole');
      const settings = { ...quick, iterations: 14 };
      const expected = await all(train(backbone, given, { ...settings, run: whole }));
      const parts = [
        await until(3, (signal) => train(backbone, given, { ...settings, run: folder }, signal)),
      ];
      for (const step of [8, 13])
        parts.push(await until(step, (signal) => resume(folder, backbone, given, {}, signal)));
      for (const [index, step] of [3, 8, 13].entries())
        expect(of(parts[index]!, 'done')[0]).toMatchObject({ step, reason: 'aborted' });
      parts.push(await all(resume(folder, backbone, given)));
      const events = parts.flat();
      expect(losses(events)).toEqual(losses(expected));
      expect(of(events, 'done').at(-1)).toEqual(of(expected, 'done')[0]);
      expect(sheets(events)).toEqual(sheets(expected));
      for (const file of [
        'metrics.jsonl',
        'checkpoints/step-00000014.safetensors',
        'samples/step-000014.png',
      ])
        expect(await readFile(join(folder, file))).toEqual(await readFile(join(whole, file)));
    },
  );

  it('killed between checkpoints, it repeats the steps since the last', async () => {
    const settings = { ...quick, iterations: 12, checkpointEvery: 5 };
    const expected = await all(train(backbone, pictures, settings));
    for await (const event of train(backbone, pictures, { ...settings, run: folder }))
      if (event.type === 'step' && event.step === 11) break; // leaves without a checkpoint
    const rest = await all(resume(folder, backbone, pictures));
    expect(of(rest, 'start')[0]?.step).toBe(10);
    expect(losses(rest)).toEqual(losses(expected).slice(10));
    expect((await readMetrics({ folder })).map(({ step }) => step)).toEqual([10]);
  });

  it('begins again if stopped before the first checkpoint', async () => {
    for await (const event of train(backbone, pictures, { ...quick, run: folder }))
      if (event.type === 'step' && event.step === 2) break;
    const events = await all(resume(folder, backbone, pictures));
    expect(of(events, 'start')[0]?.step).toBe(0);
    expect(losses(events)).toHaveLength(12);
  });

  it('keeps snapshots, each of which can paint', async () => {
    const events = await all(train(backbone, pictures, { ...quick, keep: 3, run: folder }));
    const weightsAt = async (checkpoint: string) =>
      (await StylePainter.load(folder, { checkpoint })).model.weights;
    expect(await weightsAt('12')).toEqual(of(events, 'done')[0]!.model.weights);
    expect(await weightsAt('5')).not.toEqual(await weightsAt('10'));
    await expect(StylePainter.load(folder, { checkpoint: '4' })).rejects.toThrow(
      'option checkpoint: "4" was given; expected best, latest or the step of a kept checkpoint: 5, 10, 12',
    );
  });

  it('for more steps, with the other options unchanged', async () => {
    await all(train(backbone, pictures, { ...quick, iterations: 2, run: folder }));
    const unchanged = await all(resume(folder, backbone, pictures, { iterations: undefined }));
    expect(of(unchanged, 'step')).toEqual([]);
    expect(of(unchanged, 'done')).toMatchObject([{ step: 2, reason: 'finished' }]);
    const more = await all(resume(folder, backbone, pictures, { iterations: 4 }));
    expect(of(more, 'step').map(({ step, total }) => [step, total])).toEqual([
      [3, 4],
      [4, 4],
    ]);
  });

  it('with other pictures is refused', async () => {
    const given = { ...pictures, pairs };
    await all(train(backbone, given, { ...quick, iterations: 1, run: folder }));
    const changed: [FastPictures, RegExp][] = [
      [
        { ...given, style: { name: 'other.jpg', picture: noise(8, 3, 40, 50) } },
        /^other\.jpg: it is not the style picture this run was trained on/,
      ],
      [
        { ...given, contents: contents.slice(1) },
        /^photos: it does not contain the pictures that this run was trained on/,
      ],
      [{ ...given, contents: contents.toReversed() }, /^photos: it does not contain the pictures/],
      [
        { ...given, pairs: undefined },
        /^painted: it does not contain the pairs that this run was trained on/,
      ],
      [
        { ...given, pairs: { dir: 'painted', pictures: [...(pairs.pictures as Iterable<never>)].slice(1) } },
        /^painted: it does not contain the pairs/,
      ],
    ];
    for (const [other, message] of changed) {
      await expect(all(resume(folder, backbone, other))).rejects.toThrow(InputError);
      await expect(all(resume(folder, backbone, other))).rejects.toThrow(message);
    }
    // Names do not matter, only the contents of the pictures.
    const renamed = { ...given, style: { ...given.style, name: 'copy.jpg' }, contentDir: 'elsewhere' };
    await expect(all(resume(folder, backbone, renamed))).resolves.toHaveLength(2);
  });

  it('without pairs is refused when given pairs', async () => {
    await all(train(backbone, pictures, { ...quick, iterations: 1, run: folder }));
    await expect(all(resume(folder, backbone, { ...pictures, pairs }))).rejects.toThrow(
      'pairs: this run was trained without pairs; leave them out, or start a new run',
    );
  });
});
