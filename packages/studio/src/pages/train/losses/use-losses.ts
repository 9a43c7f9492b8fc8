import { useQueries } from '@tanstack/react-query';
import type { TrainingClock, TrainingCurve } from 'latentbrush/studio';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { clockQuery, curvesQuery } from '../../../api/runs.ts';
import { MOST_RUNS } from './loss-chart.tsx';
import type { Series } from './series.ts';

/** The name in the address of the runs that are compared. */
const COMPARED = 'compare';

/** The compared runs: they are in the address, so that a comparison can be reloaded and linked. */
export interface Comparison {
  readonly runs: readonly string[];
  readonly isFull: boolean;
  readonly toggle: (run: string) => void;
}

/**
 * The runs whose losses are compared, no more than there are colours.
 * @param existing all runs; others are left out
 * @param shownRun the run whose training is shown: it has a colour of the chart, and is not among the compared ones
 */
export function useComparison(existing: readonly string[], shownRun?: string): Comparison {
  const [params, setParams] = useSearchParams();
  const asked = params.getAll(COMPARED);
  const most = shownRun === undefined ? MOST_RUNS : MOST_RUNS - 1;
  const runs = [...new Set(asked)].filter((run) => run !== shownRun && existing.includes(run)).slice(0, most);
  const toggle = useCallback(
    (run: string) =>
      setParams((now) => {
        const all = now.getAll(COMPARED);
        now.delete(COMPARED);
        const kept = all.includes(run) ? all.filter((one) => one !== run) : [...all, run];
        for (const one of kept) now.append(COMPARED, one);
        return now;
      }),
    [setParams],
  );
  return { runs, isFull: runs.length >= most, toggle };
}

/** A training that is shown, with its newest losses. */
export interface LiveRun {
  readonly run: string;
  readonly curves: readonly TrainingCurve[];
  readonly isRunning: boolean;
}

/** Milliseconds between two requests for the losses of a run in training. */
const LOOK_AGAIN_MS = 5000;

/** The losses and times of the compared runs, after those of the shown training, which is not one of them. */
export function useLosses(
  { runs }: Comparison,
  live?: LiveRun,
): { series: readonly Series[]; clocks: Readonly<Record<string, TrainingClock | undefined>> } {
  const all = live === undefined ? runs : [live.run, ...runs];
  const curves = useQueries({
    queries: runs.map((run) => curvesQuery(run)),
    combine: (results) => results.map(({ data }) => data),
  });
  const clocks = useQueries({
    queries: all.map((run) => ({
      ...clockQuery(run),
      enabled: run !== live?.run || live.curves.length > 0, // then its folder is there
      refetchInterval: run === live?.run && live.isRunning ? LOOK_AGAIN_MS : (false as const),
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  const names = JSON.stringify(all);
  const liveRun = live?.run;
  const liveCurves = live?.curves;
  return useMemo(() => {
    const drawn = JSON.parse(names) as string[];
    const found = liveRun === undefined ? curves : [liveCurves, ...curves];
    return {
      series: drawn.flatMap((run, index) => seriesOf(run, found[index])),
      clocks: Object.fromEntries(drawn.map((run, index) => [run, clocks[index]])),
    };
  }, [liveRun, liveCurves, curves, clocks, names]);
}

function seriesOf(run: string, curves: readonly TrainingCurve[] = []): Series[] {
  return curves.map(({ name, points }) => ({ run, curve: name, points }));
}
