import { InputError } from '@latentbrush/engine';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { holdingSeveral, listPictures, noteOfSeveral, readPictures } from '../../data/index.ts';
import { writePicture } from '../../image/index.ts';
import { paintPictures } from '../../style/index.ts';
import { defineJob } from '../job.ts';
import { checkEmptyFolder, makeTargetFolder, stemOf } from '../target-file.ts';
import { useTrainedStyle } from './applied-style.ts';
import { applyOptions, trainedInputs } from './options.ts';

/**
 * Paints all pictures of a folder with a trained style. Pictures that cannot be painted are left out and named.
 */
export const styleApplyFolderJob = defineJob({
  name: 'style.apply-folder',
  about: 'Paint all pictures of a folder with a trained style.',
  inputs: z.strictObject({ ...trainedInputs, pictures: z.string().describe('a folder of pictures') }),
  options: z.strictObject(applyOptions),
  async work({ inputs, options, output: target }, work) {
    const { report, signal } = work;
    const source = inputs.pictures;
    await useTrainedStyle(inputs, options, async (style) => {
      const leftOut = (path: string, reason: string): void => void report.leftOut(path, reason);
      const paths = await listPictures(source, { leftOut });
      await checkEmptyFolder(target, 'the pictures');
      const note = noteOfSeveral(await holdingSeveral(paths));
      if (note !== undefined) await report.note(note);
      let done = 0;
      let first: string | undefined;
      const written = new Set<string>();
      for await (const found of paintPictures(style, readPictures(until(signal, paths)))) {
        done += 1;
        if (found.type === 'skipped') {
          first ??= found.reason;
          await report.leftOut(found.path, found.reason);
          continue;
        }
        const place = join(target, dirname(relative(source, found.path)));
        let path = join(place, `${stemOf(found.path)}.png`);
        if (written.has(path)) path = join(place, `${basename(found.path)}.png`); // cat.jpg beside cat.png
        written.add(path);
        await makeTargetFolder(place);
        const recipe = await style.recipe('style.apply', { picture: found.path });
        await writePicture(path, found.picture, { recipe });
        await report.artefact(path);
        const data = { type: 'painted', source: found.path, path };
        await report.progress(done, paths.length, 'pictures', data);
        await work.preview(() => found.picture);
      }
      if (written.size === 0) {
        signal.throwIfAborted();
        throw new InputError(`${source}: none of its pictures could be painted; the first: ${first}`);
      }
      const all = counted(paths.length, 'picture');
      const reached = done < paths.length ? `${done} of ${all}` : undefined;
      await report.done({ path: target, reached, figures: { count: done } });
    });
  },
});

function* until(signal: AbortSignal, paths: readonly string[]): Generator<string, void, undefined> {
  for (const path of paths) {
    if (signal.aborted) return;
    yield path;
  }
}
