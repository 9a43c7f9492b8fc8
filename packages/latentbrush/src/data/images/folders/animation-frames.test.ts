import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { picture, writePicture } from '../../../image/index.ts';
import { noise } from '../../../image/testing/noise.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { findFrames, readFrames, type FrameOptions } from './animation-frames.ts';

/** A folder with pictures of these sizes, [height, width]; `undefined` is a file truncated after its header. */
async function animation(
  sizes: Readonly<Record<string, readonly [number, number] | undefined>>,
): Promise<string> {
  const folder = join(await temporaryFolder(), 'film');
  await mkdir(folder);
  for (const [name, size] of Object.entries(sizes)) {
    const path = join(folder, name);
    await writePicture(path, size === undefined ? noise(1, 3, 20, 30) : picture(3, ...size));
    if (size === undefined) await writeFile(path, (await readFile(path)).subarray(0, 300));
  }
  return folder;
}

interface Found {
  readonly frames: number;
  readonly size: readonly [number, number];
  readonly leftOut: readonly string[];
}

async function found(folder: string, options: FrameOptions = {}): Promise<Found> {
  const leftOut: string[] = [];
  const name = (path: string, reason: string): void => {
    expect(reason.startsWith(`${path}: `)).toBe(true);
    leftOut.push(relative(folder, reason));
  };
  const frames = await findFrames(folder, { ...options, leftOut: name });
  let count = 0;
  for await (const { height, width } of readFrames(frames, name)) {
    expect([height, width]).toEqual([frames.height, frames.width]);
    count += 1;
  }
  return { frames: count, size: [frames.height, frames.width], leftOut };
}

describe('findFrames and readFrames', () => {
  it('leave out broken files, other sizes and broken links, each with a line', async () => {
    const folder = await animation({
      '1.png': [1, 1],
      '2.png': [20, 30],
      '3.png': undefined,
      '4.png': [20, 30],
    });
    await writeFile(join(folder, '5.jpg'), 'no picture');
    await symlink('nothing.png', join(folder, '6.png'));
    expect(await found(folder)).toEqual({
      frames: 2,
      size: [20, 30],
      leftOut: [
        '6.png: is a link to nothing.png, which does not exist; fix or remove it',
        expect.stringMatching(/^5\.jpg: is not a picture; /),
        '1.png: the frame is 1x1, most are 30x20; all frames must have the same size',
        expect.stringMatching(/^3\.png: is a damaged or truncated PNG /),
      ],
    });
  });

  it('resize frames to a longest side, which can make their sizes equal', async () => {
    const folder = await animation({ '1.png': [20, 30], '2.png': [40, 60], '3.png': [40, 60] });
    expect(await found(folder, { longest: 15 })).toEqual({ frames: 3, size: [10, 15], leftOut: [] });
    expect(await found(folder)).toMatchObject({ frames: 2, size: [40, 60] });
  });

  it('refuse a folder without one majority size, and one without readable frames', async () => {
    const folder = await animation({ '1.png': [20, 30], '2.png': [20, 31], '3.png': [20, 31], '4.png': [9, 9], '5.png': [8, 8] }); // prettier-ignore
    await expect(findFrames(folder)).rejects.toThrow(
      '2.png: the frame is 31x20, those before it 30x20; all frames must have the same size',
    );
    const halves = await animation({
      '1.png': [20, 30],
      '2.png': [20, 31],
      '3.png': [20, 30],
      '4.png': [20, 31],
    });
    await expect(findFrames(halves)).rejects.toThrow('2.png: the frame is 31x20, those before it 30x20; ');
    const broken = await animation({ '1.png': undefined });
    await expect(found(broken)).rejects.toThrow(
      /film: none of its 1 picture can be read; the first: .*1\.png: is a damaged/,
    );
  });
});
