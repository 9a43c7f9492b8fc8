import { queryOptions, useQuery } from '@tanstack/react-query';
import type { LearnedConcept, TrainingCurve } from 'latentbrush/studio';
import { answerOf, client } from './client.ts';

/** A trained or partly trained network. */
export interface RunEntry {
  readonly name: string;
  readonly system: string;
  /** When its training began, ISO 8601. */
  readonly created: string;
  /** All options of its training. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The runs of the studio, newest first. */
export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: async () => (await answerOf(client.api.runs.$get())) as unknown as RunEntry[],
  staleTime: 0,
});

/** The runs of some systems; undefined while they load. */
export function useRuns(systems: readonly string[]): readonly RunEntry[] | undefined {
  return useQuery(runsQuery).data?.filter(({ system }) => systems.includes(system));
}

/** Facts about the model of a run that the page needs to run it. */
export function useModelFacts(name: string) {
  return useQuery({
    queryKey: ['runs', name, 'model'],
    queryFn: async () => await answerOf(client.api.runs[':name'].model.$get({ param: { name } })),
  });
}

/** The losses of a run by step, from its folder. @param job a training; its losses are read when it begins and ends */
export function useCurves(name: string, job: string, state: string) {
  const isThere = useQuery(runsQuery).data?.some((run) => run.name === name) ?? false;
  return useQuery({
    enabled: isThere,
    queryKey: ['runs', name, 'curves', job, state],
    queryFn: async () =>
      (await answerOf(
        client.api.runs[':name'].curves.$get({ param: { name } }),
      )) as unknown as TrainingCurve[],
  });
}

/** The positions of a run's pictures in its latent space. */
export function useLatentMap(name: string) {
  return useQuery({
    queryKey: ['runs', name, 'points'],
    queryFn: async () => await answerOf(client.api.runs[':name'].points.$get({ param: { name } })),
    staleTime: 0, // training may have continued
    refetchOnWindowFocus: false, // it would move under the hand
  });
}

/** The concepts that were learned in the latent space of a run. */
export function useConcepts(name: string) {
  return useQuery({
    queryKey: ['runs', name, 'concepts'],
    queryFn: async () =>
      (await answerOf(
        client.api.runs[':name'].concepts.$get({ param: { name } }),
      )) as unknown as LearnedConcept[],
  });
}

/** The address of the sheet of a map's pictures. */
export function sheetAddress(name: string, tag: string): string {
  return `/api/runs/${encodeURIComponent(name)}/points/sheet?tag=${tag}`;
}
