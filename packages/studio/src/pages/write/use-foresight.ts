import { useEffect, useState } from 'react';
import type { LiveWriter, Proposal, Proposing } from '../../live/live-writer.ts';

/** What a network expects after a text. */
export interface Foresight {
  /** The text that it is of. */
  readonly before: string;
  /** Probability of each token, as the model gives it. */
  readonly probabilities: Float32Array | undefined;
  readonly proposals: readonly Proposal[];
  /** How long the proposals took in milliseconds. */
  readonly milliseconds: number;
}

const NOTHING: Foresight = { before: '', probabilities: undefined, proposals: [], milliseconds: 0 };

/** Proposals wait until the hand rests for so long, in milliseconds; the next character does not wait. */
const REST = 120;

/**
 * What may come after a text, as soon as the network knows.
 * @param again another number draws other proposals
 */
export function useForesight(
  writer: LiveWriter | undefined,
  before: string,
  options: Proposing,
  again: number,
): Foresight {
  const [foresight, setForesight] = useState(NOTHING);
  const { count, length, temperature, topK, topP } = options;

  useEffect(() => {
    if (writer === undefined) return undefined;
    let isOld = false;
    void writer.next(before).then(({ probabilities }) => {
      if (!isOld)
        setForesight((old) => ({
          ...old,
          before,
          probabilities,
          proposals: old.before === before ? old.proposals : [],
        }));
    });
    return () => {
      isOld = true;
    };
  }, [writer, before]);

  useEffect(() => {
    if (writer === undefined) return undefined;
    let isOld = false;
    const timer = setTimeout(() => {
      const started = performance.now();
      void writer
        .propose(before, { count, length, temperature, topK, topP, greedy: false })
        .then((proposals) => {
          const milliseconds = performance.now() - started;
          if (!isOld) setForesight((old) => ({ ...old, before, proposals, milliseconds }));
        });
    }, REST);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [writer, before, count, length, temperature, topK, topP, again]);

  return foresight;
}
