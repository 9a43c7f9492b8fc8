import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writePicture } from '../../../image/index.ts';
import { noise } from '../../../image/testing/noise.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { testStudio } from '../../../studio/testing/studio.ts';
import { folderWithRuns } from '../latent/testing/runs.ts';
import { keepForStudio } from './keep-for-studio.ts';

describe('a result of the quickstart', () => {
  it('is in the gallery of the studio in its folder, as a finished job', async () => {
    const folder = await temporaryFolder();
    const [photograph, output] = [join(folder, 'cat.png'), join(folder, 'cat-dream.png')];
    await writePicture(photograph, noise(1, 3, 20, 30));
    await writePicture(output, noise(2, 3, 20, 30));
    const asked = { inputs: { picture: photograph }, options: { octaves: 2 }, output };
    await keepForStudio(folder, 'dream.picture', asked);
    const studio = await testStudio({ concurrency: 0 }, undefined, folder);
    const [job] = (await (await studio.fetch('/api/jobs')).json()) as { id: string }[];
    expect(job).toMatchObject({
      job: 'dream.picture',
      state: 'done',
      inputs: { picture: photograph },
      options: { octaves: 2 },
      artefacts: ['artefacts/dream.png'],
    });
    const shown = await studio.fetch(`/api/jobs/${job!.id}/files/artefacts/dream.png?size=16`);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
  });

  it('is nothing where a part was stopped before it made something', async () => {
    const folder = await temporaryFolder();
    const asked = { inputs: { picture: 'cat.png' }, options: {}, output: join(folder, 'none.png') };
    await keepForStudio(folder, 'dream.picture', asked);
    const studio = await testStudio({ concurrency: 0 }, undefined, folder);
    expect(await (await studio.fetch('/api/jobs')).json()).toEqual([]);
  });

  it('with options that its job refuses is refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'x.png'), '');
    const asked = { inputs: { picture: 'cat.png' }, options: { octaves: 99 }, output: join(folder, 'x.png') };
    await expect(keepForStudio(folder, 'dream.picture', asked)).rejects.toThrow(/octaves/);
  });
});

it('runs beside the folder runs/ are runs of the studio, too', async () => {
  const made = await folderWithRuns(['vae']);
  const folder = await temporaryFolder();
  await cp(join(made, 'runs', 'vae'), join(folder, 'faces'), { recursive: true });
  const studio = await testStudio({ concurrency: 0 }, undefined, folder);
  const runs = (await (await studio.fetch('/api/runs')).json()) as { name: string }[];
  const names = runs.map(({ name }) => name);
  expect(names.filter((name) => !name.startsWith('pretrained:'))).toEqual(['faces']); // those come with the package
  expect((await studio.fetch('/api/runs/faces/onnx/decoder')).status).toBe(200);
  expect((await studio.fetch('/api/runs/jobs/model')).status).toBe(404);
});
