import { keepPreviousData, useQuery, type InvalidateQueryFilters } from '@tanstack/react-query';
import type { Estimate, EstimateAnswer } from 'latentbrush/studio';
import { useEffect, useState } from 'react';
import { answerOf, asJson, client } from './client.ts';
import type { NewJob } from './queries.ts';

/** The key of all estimates. */
export const ESTIMATES = ['estimate'] as const;

/** A job that can be measured. */
export type MeasuredJob = Pick<NewJob, 'job' | 'inputs' | 'options' | 'run'>;

/** Estimates that are measured again when a job has ended: those of a busy machine, and those of what is left of a run. */
export const estimatesBeforeEnd: InvalidateQueryFilters = {
  queryKey: ESTIMATES,
  predicate: ({ queryKey: [, run], state }) =>
    run !== null || (state.data as Partial<Estimate> | undefined)?.isBusy === true,
};

/** A form is measured when it has not changed for this long, in milliseconds. */
const SETTLED_MS = 500;

/** What a job will need, measured again when its form has changed. The server ends a measurement that nobody waits for. */
export function useEstimate(job: MeasuredJob) {
  const asked = useSettled(JSON.stringify(job));
  return useQuery({
    queryKey: [...ESTIMATES, job.run ?? null, asked],
    queryFn: async ({ signal }): Promise<EstimateAnswer> => {
      const { headers, init } = asJson(JSON.parse(asked));
      return await answerOf<EstimateAnswer>(
        client.api.estimates.$post(undefined, { headers, init: { ...init, signal } }),
      );
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000, // the free memory changes
    refetchOnWindowFocus: false,
  });
}

/** A value that has not changed for a while. */
function useSettled(value: string): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
