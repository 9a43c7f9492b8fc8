import { listOnnxInputs } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { decodePicture } from '../../image/index.ts';
import { pretrainedNames } from '../../runs/pretrained-runs.ts';
import { testStudio } from '../testing/studio.ts';

it('lists the runs of the package after those of the user, marked as such, and serves them', async () => {
  const studio = await testStudio({ concurrency: 0 });
  const runs = (await (await studio.fetch('/api/runs')).json()) as { name: string; isPretrained: boolean }[];
  expect(runs.map(({ name }) => name)).toEqual(pretrainedNames());
  expect(runs.every(({ isPretrained }) => isPretrained)).toBe(true);
  const faces = `/api/runs/${encodeURIComponent('pretrained:faces-vae')}`;
  expect(await (await studio.fetch(`${faces}/model`)).json()).toMatchObject({ system: 'vae', size: 32 });
  const decoder = await (await studio.fetch(`${faces}/onnx/decoder`)).arrayBuffer();
  expect(listOnnxInputs(new Uint8Array(decoder)).map(({ name }) => name)).toEqual(['z']);
  const map = (await (await studio.fetch(`${faces}/points`)).json()) as { points: unknown[] };
  expect(map.points.length).toBeGreaterThan(100);
  const concepts = (await (await studio.fetch(`${faces}/concepts`)).json()) as { name: string }[];
  expect(concepts.map(({ name }) => name)).toContain('smile');
  const preview = await studio.fetch(`${faces}/preview?size=96`);
  const bytes = new Uint8Array(await preview.arrayBuffer());
  expect((await decodePicture(bytes, 'preview')).width).toBe(96);
  expect((await studio.fetch('/api/runs/pretrained%3Acats')).status).toBe(404);
  expect((await studio.fetch('/api/runs/pretrained%3Amoby-dick/preview')).status).toBe(404);
}, 60_000);
