import { expect, it, describe } from 'vitest';
import type { TrainingEvent } from './events.ts';
import { lastModel } from './final-model.ts';
import type { Reports } from './task.ts';

interface Own extends Reports {
  readonly start: { readonly memory: number };
  readonly step: object;
  readonly epoch: never;
  readonly sample: object;
  readonly model: string;
}
type Event = TrainingEvent<Own>;

const start: Event = { type: 'start', step: 0, total: 2, folder: undefined, memory: 0 };
const step: Event = { type: 'step', step: 1, total: 2 };
const done = (reached: number, reason: 'finished' | 'aborted'): Event => ({
  type: 'done',
  step: reached,
  reason,
  model: 'a model',
});

async function* training(...events: Event[]): AsyncGenerator<Event> {
  for (const event of events) yield await Promise.resolve(event);
}

describe('the last model of a training', () => {
  it('is that of its last event, after all other events', async () => {
    const seen: string[] = [];
    const model = await lastModel<Own>(training(start, step, done(1, 'finished')), async ({ type }) => {
      await Promise.resolve();
      seen.push(type);
    });
    expect(model).toBe('a model');
    expect(seen).toEqual(['start', 'step', 'done']);
  });

  it('is the current one when it was stopped, but not before the first step', async () => {
    expect(await lastModel<Own>(training(start, step, done(1, 'aborted')))).toBe('a model');
    await expect(lastModel<Own>(training(start, done(0, 'aborted')))).rejects.toThrow(
      'training: it was stopped before its first step, so there is no model; let it run longer',
    );
  });

  it('is missing when events were read before', async () => {
    const events = training(start, done(1, 'finished'));
    await lastModel<Own>(events);
    await expect(lastModel<Own>(events)).rejects.toThrow(/^training: the events end without a model; give/);
  });

  it('does not hide an error', async () => {
    const diverging = async function* (): AsyncGenerator<Event> {
      yield await Promise.resolve(start);
      throw new Error('training: diverged at step 1');
    };
    await expect(lastModel<Own>(diverging())).rejects.toThrow('training: diverged at step 1');
  });
});
