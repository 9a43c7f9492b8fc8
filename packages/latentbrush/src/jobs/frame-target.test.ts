import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipe } from '../image/index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openFrames, type FrameTarget } from './frame-target.ts';
import { pattern } from '../cli/testing/pictures.ts';

const frame = pattern(8, 6);
const animation = { framesPerSecond: 10, frames: 12, recipe: recipe({ system: 'dream', seed: 1, options: {}, inputs: [] }) }; // prettier-ignore

/** A target with two frames. */
async function twoFrames(path: string): Promise<FrameTarget> {
  const target = await openFrames(path, frame, animation);
  await target.add(frame);
  await target.add(frame);
  return target;
}

const contents = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).sort();

describe('a folder for the frames of an animation', () => {
  it('is made for them, and contains one picture for each', async () => {
    const folder = await temporaryFolder();
    await (await twoFrames(join(folder, 'made', 'frames'))).finish();
    expect(await contents(join(folder, 'made', 'frames'))).toEqual(['frame-01.png', 'frame-02.png']);
  });

  it('that is discarded leaves no frame and none of the new folders', async () => {
    const folder = await temporaryFolder();
    await (await twoFrames(join(folder, 'made', 'frames'))).discard();
    expect(await contents(folder)).toEqual([]);
  });

  it('that existed before stays, and so do the files of others', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'empty'));
    await (await twoFrames(join(folder, 'empty'))).discard();
    expect(await contents(folder)).toEqual(['empty']);

    const target = await twoFrames(join(folder, 'made', 'frames'));
    await writeFile(join(folder, 'made', 'notes.txt'), '');
    await target.discard();
    expect(await contents(folder)).toEqual(['empty', 'made', 'made/notes.txt']);
  });

  it('discarded before the first frame was never made', async () => {
    const folder = await temporaryFolder();
    await (await openFrames(join(folder, 'frames'), frame, animation)).discard();
    expect(await contents(folder)).toEqual([]);
  });
});
