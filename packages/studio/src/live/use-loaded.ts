import { useEffect, useState } from 'react';

/**
 * Something with a model in the page: loaded once, released when it is not shown any more.
 * @param load must be the same function as long as the same thing is wanted (`useCallback`)
 * @returns it, undefined while it loads; and why it could not be loaded, in a line
 */
export function useLoaded<Loaded extends { release(): void }>(
  load: () => Promise<Loaded>,
): { readonly loaded: Loaded | undefined; readonly problem: string | undefined } {
  const [loaded, setLoaded] = useState<Loaded>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isGone = false;
    let current: Loaded | undefined;
    load().then(
      (ready) => {
        current = ready;
        if (isGone) ready.release();
        else setLoaded(ready);
      },
      (error: unknown) => {
        if (!isGone) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isGone = true;
      current?.release();
      setLoaded(undefined);
      setProblem(undefined);
    };
  }, [load]);
  return { loaded, problem };
}
