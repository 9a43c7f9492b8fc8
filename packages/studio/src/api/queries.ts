import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ArtefactFormat,
  InputReference,
  JobForm,
  QueuedJob,
  RecipePictures,
  Upload,
} from 'latentbrush/studio';
import { answerOf, asJson, client } from './client.ts';

/** The jobs of the studio, newest first. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async () => (await answerOf(client.api.jobs.$get())) as unknown as QueuedJob[],
});

/** All kinds of jobs, with the schemas of inputs and options. */
const definitionsQuery = queryOptions({
  queryKey: ['definitions'],
  queryFn: async () =>
    ((await answerOf(client.api.definitions.$get())) as unknown as JobForm[]).map(withUsualLayers),
  staleTime: Infinity,
});

/** The pictures that come with the package. */
export const examplesQuery = queryOptions({
  queryKey: ['examples'],
  queryFn: () => answerOf(client.api.examples.$get()),
  staleTime: Infinity,
});

/** All jobs. */
export function useJobs() {
  return useQuery(jobsQuery);
}

/** One job; undefined while it loads or if it does not exist. */
export function useJob(id: string | undefined): QueuedJob | undefined {
  return useJobs().data?.find((job) => job.id === id);
}

/** The form of a job: its inputs and options as JSON Schema. */
export function useDefinition(job: string): JobForm | undefined {
  return useQuery(definitionsQuery).data?.find(({ name }) => name === job);
}

/** A request of a page to the queue. */
export interface NewJob {
  readonly job: string;
  readonly inputs: Readonly<Record<string, InputReference | readonly InputReference[]>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** The kind of file, where a job can make several. */
  readonly format?: ArtefactFormat | undefined;
  /** The run that a training begins or continues. */
  readonly run?: string | undefined;
}

/** Adds a job to the queue. */
export function useAddJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (job: NewJob) =>
      (await answerOf(client.api.jobs.$post(undefined, asJson(job)))) as unknown as QueuedJob,
    onSuccess: (added) => {
      queries.setQueryData<QueuedJob[]>(jobsQuery.queryKey, (jobs = []) => [
        added,
        ...jobs.filter(({ id }) => id !== added.id),
      ]);
    },
  });
}

/** Cancels a job: its result so far is kept. */
export function useCancelJob() {
  return useMutation({
    mutationFn: (id: string) => answerOf(client.api.jobs[':id'].cancel.$post({ param: { id } })),
  });
}

/** Moves a job and its artefacts into the trash. */
export function useRemoveJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answerOf(client.api.jobs[':id'].$delete({ param: { id } })),
    onSuccess: (_, removed) => {
      queries.setQueryData<QueuedJob[]>(jobsQuery.queryKey, (jobs) =>
        jobs?.filter(({ id }) => id !== removed),
      );
    },
  });
}

/** Restores a job from the trash. */
export function useRestoreJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answerOf(client.api.jobs[':id'].restore.$post({ param: { id } })),
    onSuccess: () => queries.invalidateQueries(jobsQuery),
  });
}

/** The recipe in a picture's file. */
export interface CarriedRecipe {
  readonly system: string;
  readonly job?: string | undefined;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** The pictures that it was made from, by the input of the job; null where the studio does not have one. */
  readonly pictures?: RecipePictures | undefined;
}

/** Uploads a picture. @returns the picture, and the recipe in its file */
export function useAddPicture() {
  return useMutation({
    mutationFn: async (file: File): Promise<{ upload: Upload; recipe: CarriedRecipe | undefined }> => {
      const { upload, recipe, pictures } = (await answerOf(
        client.api.uploads.$post(undefined, {
          headers: { 'x-file-name': encodeURIComponent(file.name) },
          init: { body: file },
        }),
      )) as unknown as { upload: Upload; recipe?: CarriedRecipe; pictures?: RecipePictures };
      return { upload, recipe: recipe && { ...recipe, pictures } };
    },
  });
}

/** Default layers of a dream for the network of the package: the schema has none, since other networks have others. */
const USUAL_LAYERS = [
  { layer: 'mixed2', coefficient: 0.2 },
  { layer: 'mixed3', coefficient: 3 },
  { layer: 'mixed4', coefficient: 2 },
  { layer: 'mixed5', coefficient: 1.5 },
];

/** The form of a dream, with default layers. */
function withUsualLayers(form: JobForm): JobForm {
  const { properties } = form.options as { properties?: Record<string, object> };
  const layers = properties?.layers;
  if (!form.name.startsWith('dream.') || layers === undefined) return form;
  return {
    ...form,
    options: { ...form.options, properties: { ...properties, layers: { default: USUAL_LAYERS, ...layers } } },
  };
}
