import type { QueuedJob } from 'latentbrush/studio';
import { expect, it } from 'vitest';
import { madePictures } from './made.ts';
import { stepsOf } from './steps.ts';

const octaves = ['artefacts/dream-octave-1.png', 'artefacts/dream-octave-2.png'];
const rounds = ['artefacts/painting-rounds/round-01.png', 'artefacts\\painting-rounds\\round-02.png'];

it('orders the octaves or rounds of a job, and its result in place of the last', () => {
  expect(stepsOf({ state: 'done', artefacts: [...octaves, 'artefacts/dream.png'] })).toEqual([
    octaves[0],
    'artefacts/dream.png',
  ]);
  expect(stepsOf({ state: 'done', artefacts: [...rounds, 'artefacts/painting.png'] })).toEqual([
    rounds[0],
    'artefacts/painting.png',
  ]);
  expect(stepsOf({ state: 'done', artefacts: ['artefacts/dream.png'] })).toEqual(['artefacts/dream.png']);
});

it('has the result of a cancelled job after its steps, and the steps of a failed one', () => {
  expect(stepsOf({ state: 'cancelled', artefacts: [...octaves, 'artefacts/dream.png'] })).toHaveLength(3);
  expect(stepsOf({ state: 'failed', artefacts: octaves })).toEqual(octaves);
});

it('shows results in the gallery, not steps', () => {
  const job = { artefacts: [...octaves, 'artefacts/dream.png'] } as unknown as QueuedJob;
  expect(madePictures([job])).toEqual([{ job, file: 'artefacts/dream.png' }]);
});
