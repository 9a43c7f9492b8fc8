import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TrainingClock, TrainingCurve } from 'latentbrush/studio';
import { answerOf, asJson, client } from './client.ts';
import { useRunSource } from './run-source.ts';

/** A trained or partly trained network. */
export interface RunEntry {
  readonly name: string;
  readonly system: string;
  /** When its training began, ISO 8601. */
  readonly created: string;
  /** All options of its training. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it comes with Latentbrush: such a run is only for use. */
  readonly isPretrained: boolean;
}

/** The runs of the studio: the person's own, newest first, then those that come with Latentbrush. */
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
  const { facts } = useRunSource();
  return useQuery({ queryKey: ['runs', name, 'model'], queryFn: () => facts(name) });
}

const curvesOf = async (name: string): Promise<TrainingCurve[]> =>
  answerOf(client.api.runs[':name'].curves.$get({ param: { name } }));

/** The losses of a run by step, from its folder. */
export const curvesQuery = (name: string) =>
  queryOptions({ queryKey: ['runs', name, 'curves'], queryFn: () => curvesOf(name) });

/** How long a run has trained by step; empty for a run that an earlier version trained. */
export const clockQuery = (name: string) =>
  queryOptions({
    queryKey: ['runs', name, 'clock'],
    queryFn: async (): Promise<TrainingClock> =>
      answerOf(client.api.runs[':name'].clock.$get({ param: { name } })),
  });

/** The losses of a run. @param job a training; the losses are read when it begins and ends */
export function useCurves(name: string, job: string, state: string) {
  const isThere = useQuery(runsQuery).data?.some((run) => run.name === name) ?? false;
  return useQuery({
    enabled: isThere,
    queryKey: ['runs', name, 'curves', job, state],
    queryFn: () => curvesOf(name),
  });
}

/** The positions of a run's pictures in its latent space. */
export function useLatentMap(name: string) {
  const { map } = useRunSource();
  return useQuery({
    queryKey: ['runs', name, 'points'],
    queryFn: () => map(name),
    staleTime: 0, // training may have continued
    refetchOnWindowFocus: false, // it would move under the hand
  });
}

/** The concepts that were learned in the latent space of a run. */
export function useConcepts(name: string) {
  const { concepts } = useRunSource();
  return useQuery({ queryKey: ['runs', name, 'concepts'], queryFn: () => concepts(name) });
}

/** The address of the preview of a run that comes with Latentbrush. @param size longest side, in pixels */
export function previewAddress(name: string, size: number): string {
  return `/api/runs/${encodeURIComponent(name)}/preview?size=${size}`;
}

/** The user's texts for a published page. */
export interface PageText {
  readonly title: string;
  readonly about: string;
  readonly licence: string;
}

/** Writes a page with the model of a run in it into a folder of the studio. */
export function usePublish(name: string) {
  return useMutation({
    mutationFn: (text: PageText) =>
      answerOf(client.api.runs[':name'].publish.$post({ param: { name } }, asJson(text))),
  });
}

/** Two groups of pictures on a map, and the name of what distinguishes them. */
export interface ConceptGroups {
  readonly name: string;
  /** Numbers of pictures on the map. */
  readonly with: readonly number[];
  readonly without: readonly number[];
  /** Of the map. */
  readonly tag: string;
}

/** Learns what distinguishes two groups of pictures on a map. */
export function useLearnConcept(name: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (groups: ConceptGroups) =>
      await answerOf(client.api.runs[':name'].concepts.$post({ param: { name } }, asJson(groups))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['runs', name, 'concepts'] }),
  });
}
