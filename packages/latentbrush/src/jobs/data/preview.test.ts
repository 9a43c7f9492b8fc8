import { join } from 'node:path';
import { Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { folderOf, plain } from '../../data/images/folders/testing/pictures.ts';
import { idxImages } from '../../data/images/formats/testing/dataset-files.ts';
import { loadImageDataset, pictureAt } from '../../data/index.ts';
import { montage, readPicture, readRecipe } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { JobEvent } from '../job.ts';
import { remadeRequest } from '../remade-request.ts';
import { dataPreviewJob } from './preview.ts';

async function allOf(job: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

/** Nine pictures, each of another red. */
function reds(): Promise<string> {
  const pictures = [...Array(9).keys()].map((n) => [`pics/${n}.png`, plain(20 * n, 0, 0)] as const);
  return folderOf(Object.fromEntries(pictures));
}

describe('the job data.preview', () => {
  it('writes the drawn pictures with their names, reports its file, and draws nothing else', async () => {
    const folder = await reds();
    const source = join(folder, 'pics');
    const output = join(folder, 'sheet.png');
    const options = { count: 4, size: 16, seed: 3 };
    const events = await allOf(dataPreviewJob.run({ inputs: { dataset: [source] }, options, output }));
    expect(events.at(-2)).toEqual({ type: 'artefact', path: output });
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      data: { type: 'preview', pictures: 4, dataset: 'pics' },
    });
    const random = new Random(3).fork('preview');
    const { train } = await loadImageDataset(source, { size: 16, limit: 4, random });
    const pictures = [0, 1, 2, 3].map((index) => pictureAt(train, index));
    const { data } = montage(pictures, { scale: 6, labels: train.captions! });
    expect((await readPicture(output)).data).toEqual(data);
  });

  it('records a folder by the hash of its pictures; the recipe makes the same sheet again', async () => {
    const folder = await reds();
    const output = join(folder, 'sheet.png');
    const dataset = join(folder, 'pics');
    await allOf(
      dataPreviewJob.run({ inputs: { dataset: [dataset] }, options: { count: 5, seed: 2 }, output }),
    );
    const recipe = (await readRecipe(output))!;
    expect(recipe).toMatchObject({
      job: 'data.preview',
      seed: 2,
      options: { count: 5, roles: { dataset: [0] } },
      inputs: [{ name: 'pics', files: 9 }],
    });
    expect(JSON.stringify(recipe)).not.toContain(folder);
    const again = await remadeRequest(recipe, [dataset], join(folder, 'again.png'));
    expect(again.job).toBe(dataPreviewJob);
    await allOf(again.job.run(again.request));
    expect(await readPicture(again.request.output)).toEqual(await readPicture(output));
  });

  it('records a data set by name, and a file by its hash', async () => {
    const folder = await folderOf({ 'digits-idx3-ubyte': idxImages(3, 8) });
    const output = join(folder, 'sheet.png');
    await allOf(dataPreviewJob.run({ inputs: { dataset: ['emoji:faces'] }, options: { count: 1 }, output }));
    expect(await readRecipe(output)).toMatchObject({
      options: { named: { dataset: 'emoji:faces' } },
      inputs: [],
    });
    const file = join(folder, 'digits-idx3-ubyte');
    await allOf(dataPreviewJob.run({ inputs: { dataset: [file] }, options: { count: 1 }, output }));
    expect(await readRecipe(output)).toMatchObject({ inputs: [{ name: 'digits-idx3-ubyte' }] });
  });

  it('refuses to run without a data set, and to overwrite the data', async () => {
    const output = join(await temporaryFolder(), 'sheet.png');
    await expect(allOf(dataPreviewJob.run({ inputs: {}, options: {}, output }))).rejects.toThrow(
      'data preview: give option dataset, such as emoji:faces',
    );
    const folder = await reds();
    const picture = join(folder, 'pics', '3.png');
    const over = { inputs: { dataset: [join(folder, 'pics')] }, options: {}, output: picture };
    await expect(allOf(dataPreviewJob.run(over))).rejects.toThrow('3.png');
    expect((await readPicture(picture)).data[0]).toBe(60);
  });
});
