import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePicture, readPicture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { testStudio, type TestStudio } from '../testing/studio.ts';

const post = async (
  studio: TestStudio,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; said: Record<string, unknown> }> => {
  const answer = await studio.fetch(path, {
    method: 'POST',
    headers,
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  });
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
};

async function collection(studio: TestStudio, kind = 'pictures'): Promise<string> {
  const { status, said } = await post(studio, '/api/collections', { name: 'My cats', kind });
  expect(status).toBe(201);
  return said.id as string;
}

const png = (seed: number, side = 20): Promise<Uint8Array> =>
  encodePicture(noise(seed, 3, side, side), 'png');

describe('a collection of pictures', () => {
  it('is a data set for trainings, with a class for each folder', async () => {
    const studio = await testStudio({ concurrency: 0 });
    const id = await collection(studio);
    for (const [index, label] of ['black', 'black', 'white cats'].entries()) {
      const headers = {
        'x-file-name': encodeURIComponent(`고양이 ${index}.png`),
        'x-class': encodeURIComponent(label),
      };
      const { status, said } = await post(
        studio,
        `/api/collections/${id}/pictures`,
        await png(index),
        headers,
      );
      expect([status, said]).toEqual([201, { count: index + 1 }]);
    }
    expect(await (await studio.fetch('/api/collections')).json()).toMatchObject([
      { id, name: 'My cats', kind: 'pictures', count: 3 },
    ]);
    const folder = join(studio.folder, 'collections', id, 'pictures');
    expect((await readdir(folder)).sort()).toEqual(['black', 'white cats']);
    expect(await readdir(join(folder, 'black'))).toEqual(['000001-고양이 0.png', '000002-고양이 1.png']);
    const sheet = (await (await studio.fetch(`/api/collections/${id}/sheet`)).json()) as {
      classes: string[];
    };
    expect(sheet).toMatchObject({ pictures: 3, leftOut: [] });
    expect(sheet.classes.sort()).toEqual(['black', 'white cats']);
    const asked = {
      job: 'vae.train',
      inputs: { dataset: { collection: id } },
      options: { size: 16 },
      run: 'cats',
    };
    const { status, said } = await post(studio, '/api/jobs', asked);
    expect([status, said.inputs]).toEqual([201, { dataset: folder }]);
  });

  it('keeps only pixels, and no more of them than trainings use', async () => {
    const studio = await testStudio();
    const id = await collection(studio);
    await post(studio, `/api/collections/${id}/pictures`, await png(1, 700), { 'x-file-name': 'a.png' });
    const [file = ''] = await readdir(join(studio.folder, 'collections', id, 'pictures'));
    expect(await readPicture(join(studio.folder, 'collections', id, 'pictures', file))).toMatchObject({
      width: 512,
    });
  });

  it.each([
    ['a class that leaves the folder', { 'x-class': '..%2f..%2fetc' }, /cannot be the name of a class/],
    ['a class that is hidden', { 'x-class': '.ssh' }, /name of a class/],
  ])('refuses %s', async (_, headers, message) => {
    const studio = await testStudio();
    const id = await collection(studio);
    const { status, said } = await post(studio, `/api/collections/${id}/pictures`, await png(1), headers);
    expect(status).toBe(400);
    expect(JSON.stringify(said)).toMatch(message);
  });

  it('takes no path from the name of a file', async () => {
    const studio = await testStudio();
    const id = await collection(studio);
    const headers = { 'x-file-name': encodeURIComponent('../../../x\0.png') };
    expect((await post(studio, `/api/collections/${id}/pictures`, await png(1), headers)).status).toBe(201);
    expect(await readdir(join(studio.folder, 'collections', id, 'pictures'))).toEqual(['000001-x.png']);
  });

  it('refuses what is no picture, an unknown collection, and a training on an empty one', async () => {
    const studio = await testStudio({ concurrency: 0 });
    const id = await collection(studio);
    const text = new TextEncoder().encode('<svg onload="alert(1)">');
    expect((await post(studio, `/api/collections/${id}/pictures`, text)).status).toBe(400);
    expect((await post(studio, '/api/collections/..%2f..%2fx/pictures', await png(1))).status).toBe(404);
    const asked = { job: 'vae.train', inputs: { dataset: { collection: id } }, run: 'cats' };
    expect((await post(studio, '/api/jobs', asked)).said).toEqual({
      error: ['this collection is empty; add something to it first'],
    });
  });

  it('is moved to the trash', async () => {
    const studio = await testStudio();
    const id = await collection(studio);
    expect((await studio.fetch(`/api/collections/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await (await studio.fetch('/api/collections')).json()).toEqual([]);
    expect(await readdir(join(studio.folder, 'trash'))).toContain(id);
  });
});

describe('a text', () => {
  it('is a corpus for trainings', async () => {
    const studio = await testStudio({ concurrency: 0 });
    const id = await collection(studio, 'text');
    const bytes = new TextEncoder().encode('twinkle twinkle little star. '.repeat(30));
    expect((await post(studio, `/api/collections/${id}/text`, bytes)).said).toEqual({ count: 870 });
    const asked = { job: 'text.train', inputs: { corpus: { collection: id } }, run: 'star' };
    expect((await post(studio, '/api/jobs', asked)).said.inputs).toEqual({
      corpus: join(studio.folder, 'collections', id, 'text.txt'),
    });
  });

  it('has to be UTF-8, and to be there', async () => {
    const studio = await testStudio();
    const id = await collection(studio, 'text');
    expect(
      (await post(studio, `/api/collections/${id}/text`, Uint8Array.of(0xff, 0xfe, 65, 0))).said,
    ).toEqual({
      error: ['the file is not text in UTF-8; save it again in this encoding'],
    });
    expect((await post(studio, `/api/collections/${id}/text`, Uint8Array.of(32, 10))).status).toBe(400);
    expect((await post(studio, `/api/collections/${id}/pictures`, await png(1))).status).toBe(404);
  });
});

it('the sheet of a known data set is drawn; an unknown one, and a path, are refused', async () => {
  const studio = await testStudio();
  const sheet = (await (await studio.fetch('/api/datasets/emoji:cat/sheet')).json()) as {
    pictures: number;
    sheet: string;
  };
  expect(sheet.pictures).toBeGreaterThan(10);
  expect(Buffer.from(sheet.sheet, 'base64').subarray(8, 12).toString()).toBe('WEBP');
  for (const name of ['nothing', '%2fetc', '..'])
    expect((await studio.fetch(`/api/datasets/${name}/sheet`)).status).toBe(404);
});
