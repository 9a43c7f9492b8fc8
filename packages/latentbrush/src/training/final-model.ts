import { InputError } from '@latentbrush/engine';
import type { TrainingEvent } from './events.ts';
import type { Reports } from './task.ts';

/** Called with each event of a training; a promise is awaited before training continues. */
export type OnEvent<Event> = (event: Event) => void | Promise<void>;

/**
 * Lets a training run to its end and returns the model it reports there. Each system has its own version, which makes the model ready to use.
 *
 * @param events the events of `train` or `resume`, with none taken yet
 * @throws InputError when training diverges, as `train` does, or the events end without a model
 * @throws Error when training was stopped before its first step
 */
export async function lastModel<R extends Reports>(
  events: AsyncIterable<TrainingEvent<R>>,
  onEvent?: OnEvent<TrainingEvent<R>>,
): Promise<R['model']> {
  for await (const event of events) {
    await onEvent?.(event);
    if (event.type !== 'done') continue;
    if (event.step === 0 && event.reason === 'aborted')
      throw new Error(
        'training: it was stopped before its first step, so there is no model; let it run longer',
      );
    return event.model;
  }
  throw new InputError('training: the events end without a model; give those of `train` or `resume`, from the first on'); // prettier-ignore
}
