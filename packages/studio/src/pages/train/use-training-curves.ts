import type { TrainingCurve } from 'latentbrush/studio';
import { useEffect, useMemo, useState } from 'react';
import type { JobNews } from '../../api/events.ts';
import { useCurves } from '../../api/runs.ts';

type Point = readonly [step: number, loss: number];

/** Losses in events of steps. */
const LOSSES = ['loss', 'discriminatorLoss', 'generatorLoss'] as const;

/** Maximum number of live points; then every second one is dropped. */
const MOST_POINTS = 2000;

/** The losses of a training: the stored ones of its run, and new ones from its events. */
export function useTrainingCurves(
  run: string,
  job: string,
  state: string,
  { progress, metrics }: JobNews,
): readonly TrainingCurve[] {
  const written = useCurves(run, job, state).data;
  const [live, setLive] = useState<Readonly<Record<string, readonly Point[]>>>({});
  useEffect(() => {
    const data = progress?.data;
    if (data === undefined) return;
    setLive((before) => {
      const after = { ...before };
      for (const name of LOSSES) {
        const [step, loss] = [data.step, data[name]];
        if (typeof step !== 'number' || typeof loss !== 'number' || !Number.isFinite(loss)) continue;
        const points = after[name] ?? [];
        const kept = points.length < MOST_POINTS ? points : points.filter((_, index) => index % 2 === 1);
        after[name] = [...kept.filter(([other]) => other < step), [step, loss]];
      }
      return after;
    });
  }, [progress]);
  return useMemo(() => {
    const validation = metrics.flatMap(({ data }): Point[] => {
      const loss = (data.validation as { loss?: unknown } | null | undefined)?.loss;
      return typeof loss === 'number' && typeof data.step === 'number' ? [[data.step, loss]] : [];
    });
    const all: Readonly<Record<string, readonly Point[]>> = { ...live, validation };
    return [...LOSSES, 'validation'].flatMap((name) => {
      const earlier = written?.find((curve) => curve.name === name)?.points ?? [];
      const last = earlier.at(-1)?.[0] ?? -1;
      const points = [...earlier, ...(all[name] ?? []).filter(([step]) => step > last)];
      return points.length === 0 ? [] : [{ name, points }];
    });
  }, [written, live, metrics]);
}
