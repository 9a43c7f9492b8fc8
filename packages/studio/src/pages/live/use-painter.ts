import { useEffect, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { LivePainter } from '../../live/live-painter.ts';

/** The style of a run, loaded into the page; undefined while it loads. @param size side of its pictures in pixels */
export function usePainter(
  run: string,
  size: number,
): { readonly painter: LivePainter | undefined; readonly problem: string | undefined } {
  const { part } = useRunSource();
  const [painter, setPainter] = useState<LivePainter>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isGone = false;
    let loaded: LivePainter | undefined;
    LivePainter.load(part(run, 'model', size), size).then(
      (ready) => {
        loaded = ready;
        if (isGone) ready.release();
        else setPainter(ready);
      },
      (error: unknown) => {
        if (!isGone) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isGone = true;
      loaded?.release();
      setPainter(undefined);
    };
  }, [run, size, part]);
  return { painter, problem };
}
