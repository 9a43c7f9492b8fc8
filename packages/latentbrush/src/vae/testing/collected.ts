import { createHash } from 'node:crypto';
import type { Picture } from '../../image/index.ts';
import type { TrainEvent } from '../events.ts';
import type { VaePictures } from '../data.ts';
import type { TrainInput } from '../options.ts';
import type { VaeModel } from '../model.ts';
import { dots } from './dots.ts';

/** Forty pictures of 8x8. */
export const pictures: VaePictures = { train: dots(40) };

/** A training of half a second: four steps per epoch, 36 training pictures and 4 validation pictures. */
export const quick: TrainInput = {
  filters: 4,
  batchSize: 9,
  epochs: 2,
  samples: 4,
  optimizer: 'adam',
  learningRate: 0.01,
  threads: 1,
};

/** All events of a training. */
export async function all(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

/** Trains until an event, then asks it to stop. */
export async function until(
  isLast: (event: TrainEvent) => boolean,
  begin: (signal: AbortSignal) => AsyncIterable<TrainEvent>,
): Promise<TrainEvent[]> {
  const controller = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of begin(controller.signal)) {
    events.push(event);
    if (isLast(event)) controller.abort();
  }
  return events;
}

/** The events of a type. */
export function of<T extends TrainEvent['type']>(
  events: readonly TrainEvent[],
  type: T,
): Extract<TrainEvent, { type: T }>[] {
  return events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);
}

/** The loss of each batch. */
export function losses(events: readonly TrainEvent[]): number[] {
  return of(events, 'step').map(({ batchLoss }) => batchLoss);
}

/** The final result. */
export function modelOf(events: readonly TrainEvent[]): VaeModel {
  return of(events, 'done').at(-1)!.model;
}

/** The sheets, as hashes of their pixels. */
export function sheets(events: readonly TrainEvent[]): string[] {
  return of(events, 'sample').flatMap((event) => [digest(event.reconstructions), digest(event.samples)]);
}

function digest({ data }: Picture): string {
  return createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');
}
