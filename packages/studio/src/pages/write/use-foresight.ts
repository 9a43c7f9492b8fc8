import { useEffect, useState } from 'react';
import type { LiveWriter, Proposal, Proposing } from '../../live/live-writer.ts';

/** The prediction of a network after a text. */
export interface Foresight {
  /** The text before it. */
  readonly before: string;
  /** Probability of each token, from the model. */
  readonly probabilities: Float32Array | undefined;
  readonly proposals: readonly Proposal[];
  /** Time of the proposals in milliseconds. */
  readonly milliseconds: number;
}

const NOTHING: Foresight = { before: '', probabilities: undefined, proposals: [], milliseconds: 0 };

/** Proposals wait for this pause in typing, in milliseconds; the next character does not wait. */
const REST = 120;

/**
 * The prediction after a text, as soon as it is computed. @param again another number draws other proposals
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
