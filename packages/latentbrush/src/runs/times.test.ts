import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readTimes, TrainingTimes } from './times.ts';

/** A clock that moves only when something takes time, in milliseconds. */
let now = 0;
beforeEach(() => {
  now = 5000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});

const run = async (): Promise<{ folder: string; file: string }> => {
  const folder = await temporaryFolder();
  return { folder, file: join(folder, 'times.jsonl') };
};

describe('the times of a run', () => {
  it('count from the start of its training, and leave out steps that follow too fast, except the last', async () => {
    const { folder, file } = await run();
    const times = new TrainingTimes({ folder });
    await times.begin(0);
    for (const step of [1, 2, 3, 4]) {
      now += 100;
      await times.reached(step);
    }
    await times.reached(4, true);
    await times.reached(4, true);
    expect(await readFile(file, 'utf8')).toBe(
      '{"step":0,"seconds":0}\n{"step":3,"seconds":0.3}\n{"step":4,"seconds":0.4}\n',
    );
  });

  it('continue after a pause, and are those of the steps that count', async () => {
    const { folder } = await run();
    const before = new TrainingTimes({ folder });
    await before.begin(0);
    now += 2000;
    await before.reached(10, true);
    now += 1500;
    await before.reached(15);
    now += 1e6; // killed, without a checkpoint of step 15
    const after = new TrainingTimes({ folder });
    await after.begin(10);
    now += 1000;
    await after.reached(15);
    expect(await readTimes({ folder })).toEqual([
      { step: 0, seconds: 0 },
      { step: 10, seconds: 2 },
      { step: 15, seconds: 3 },
    ]);
  });

  it('are read without damaged lines, such as the last of a killed process, and begin anew without any', async () => {
    const { folder, file } = await run();
    expect(await readTimes({ folder })).toEqual([]);
    const lines = ['{"step":0,"seconds":0}', '{"step":-1,"seconds":1}', '[]', '{"step":5,"seconds":1e999}'];
    await writeFile(
      file,
      [...lines, '{"step":4,"seconds":2}', '{"step":3,"seconds":9}', '{"step":6,"sec'].join('\n'),
    );
    const found = [
      { step: 0, seconds: 0 },
      { step: 4, seconds: 2 },
    ];
    expect(await readTimes({ folder })).toEqual(found);
    const times = new TrainingTimes({ folder });
    await times.begin(4);
    now += 1000;
    await times.reached(6);
    expect(await readTimes({ folder })).toEqual([...found, { step: 6, seconds: 3 }]);
  });

  it('of a run that began without them begin where it continues', async () => {
    const { folder } = await run();
    const times = new TrainingTimes({ folder });
    await times.begin(100);
    expect(await readTimes({ folder })).toEqual([{ step: 100, seconds: 0 }]);
  });

  it('that cannot be written are an error that names the file', async () => {
    const { folder } = await run();
    const times = new TrainingTimes({ folder: join(folder, 'gone') });
    await expect(times.begin(0)).rejects.toThrow(InputError);
    await expect(times.begin(0)).rejects.toThrow(/times\.jsonl/);
  });
});
