import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readPicture, readRecipe } from '../../../image/index.ts';
import { compare } from '../remake/compare.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, pattern } from '../../testing/pictures.ts';
import { built, environment, finish, jsonLines, start } from '../../testing/program.ts';
import { folderWithPhoto, own, ownNetwork, photo, quick } from './testing/dreams.ts';

/** More steps than a test can wait for. */
const endless = ['photo.png', ...quick, '--iterations', '9999', '--max-loss', '1e9'];

describe('latentbrush dream, interrupted', { timeout: 90_000 }, () => {
  it('on Ctrl-C writes the picture so far and ends with 130', async () => {
    const folder = await folderWithPhoto();
    const args = ['dream', ...endless, '--json'];
    const { code, stdout, stderr } = await call(args, folder, { interruptAfter: '"type":"step"' });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(jsonLines(stdout).at(-1)).toEqual({ type: 'done', reason: 'aborted', path: 'photo-dream.png' });
    expect(compare(await readPicture(join(folder, 'photo-dream.png')), photo)).toBeGreaterThan(0.1);
  });

  it('on Ctrl-C an animation ends with the frames it has', async () => {
    const folder = await folderWithPhoto();
    const animation = ['dream', 'photo.png', ...quick, '--zoom', '1.1', '--frames', '9999', '--json'];
    const { code, stdout } = await call(animation, folder, { interruptAfter: '"frame":2' });
    expect(code).toBe(130);
    const last = jsonLines(stdout).at(-1);
    expect(last).toMatchObject({ type: 'done', reason: 'aborted' });
    expect((await sharp(join(folder, 'photo-dream.gif')).metadata()).pages).toBe(last?.frames);
  });

  it('on Ctrl-C an exploration ends with its mixes, and before the first with none', async () => {
    const folder = await folderWithPhoto();
    const mixes = ['dream', 'photo.png', '--explore', '200', '--octaves', '1', '--iterations', '1'];
    const some = await call([...mixes, '--json'], folder, { interruptAfter: '"index":2' });
    expect(some.code).toBe(130);
    const lines = jsonLines(some.stdout);
    expect(lines.at(-1)).toEqual({ type: 'done', reason: 'aborted', path: 'photo-explore.png' });
    const made = await readRecipe(join(folder, 'photo-explore.png'));
    const tried = lines.filter(({ type }) => type === 'exploration').length;
    expect(made?.options.mixes).toHaveLength(tried);
    expect(made?.options.stoppedAt).toEqual({ mix: tried });

    const stopped = await call([...mixes, '-o', 'none.png'], folder, { interruptAfter: '' });
    expect(stopped).toEqual({
      code: 130,
      stdout: '',
      stderr:
        'Finishing this step. Press Ctrl-C again to quit now.\ninterrupted before there was anything to save\n',
    });
    expect((await readdir(folder)).sort()).toEqual(['photo-explore.png', 'photo.png']);
  });

  it('on Ctrl-C keeps the frames that a folder has so far', async () => {
    const frames = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`film/${n}.png`, photo]));
    const folder = await folderOfPictures(frames);
    const args = ['dream', 'film', ...quick, '-o', 'frames', '--json'];
    const { code, stdout } = await call(args, folder, { interruptAfter: '"frame":2' });
    expect(code).toBe(130);
    const last = jsonLines(stdout).at(-1);
    expect(last).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await readdir(join(folder, 'frames'))).toHaveLength(last?.frames as number);
  });

  it('on Ctrl-C before the first frame is done ends with 130 and leaves nothing', async () => {
    const folder = await folderWithPhoto();
    const args = ['dream', ...endless, '--frames', '3', '-o', 'film'];
    expect(await call(args, folder, { interruptAfter: '' })).toEqual({
      code: 130,
      stdout: '',
      stderr:
        'Finishing this step. Press Ctrl-C again to quit now.\ninterrupted before there was anything to save\n',
    });
    expect(await readdir(folder)).toEqual(['photo.png']);
  });

  it.skipIf(!built)('as a process stops at the signal, too (needs the build in dist/)', async () => {
    const folder = await folderWithPhoto();
    const child = start(['dream', ...endless, '--json'], folder, environment(folder));
    const interrupt = (chunk: Buffer): void => {
      if (!String(chunk).includes('"type":"step"')) return;
      child.stdout.off('data', interrupt);
      child.kill('SIGINT');
    };
    child.stdout.on('data', interrupt);
    expect((await finish(child)).code).toBe(130);
    expect((await readdir(folder)).sort()).toEqual(['photo-dream.png', 'photo.png']);
  });

  it('on Ctrl-C in the first frame of an animation keeps that frame so far', async () => {
    const large = pattern(600, 500);
    const folder = await folderOfPictures({ 'photo.png': large });
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const args = ['dream', 'photo.png', ...own, '--iterations', '9999', '--max-loss', '1e9'];
    const animation = [...args, '--frames', '3', '-o', 'film'];
    const { code, stdout, stderr } = await call(animation, folder, {
      interruptAfter: '',
      interruptDelay: 2000,
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'film\n' });
    expect(stderr).toMatch(/^interrupted: the first of 3 frames, incomplete$/m);
    expect(await readdir(join(folder, 'film'))).toEqual(['frame-1.png']);
    const picture = await readPicture(join(folder, 'film', 'frame-1.png'));
    expect(compare(picture, large)).toBeGreaterThan(0.1);
    const made = await readRecipe(join(folder, 'film', 'frame-1.png'));
    expect(made?.options).toMatchObject({ frame: 1, stoppedAt: { frame: 1, unfinished: true } });
  });
});
