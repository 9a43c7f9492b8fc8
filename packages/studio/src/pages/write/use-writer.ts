import type { TextModel } from 'latentbrush/studio';
import { useEffect, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { LiveWriter } from '../../live/live-writer.ts';

/** The language model of a run, loaded into the page; undefined while it loads. */
export function useWriter(
  run: string,
  facts: TextModel,
): { readonly writer: LiveWriter | undefined; readonly problem: string | undefined } {
  const { part } = useRunSource();
  const [writer, setWriter] = useState<LiveWriter>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isGone = false;
    let loaded: LiveWriter | undefined;
    LiveWriter.load(part(run, 'model'), facts).then(
      (ready) => {
        loaded = ready;
        if (isGone) ready.release();
        else setWriter(ready);
      },
      (error: unknown) => {
        if (!isGone) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isGone = true;
      loaded?.release();
      setWriter(undefined);
    };
  }, [run, facts, part]);
  return { writer, problem };
}
