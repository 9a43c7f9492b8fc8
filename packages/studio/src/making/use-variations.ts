import type { QueuedJob, StoredWords } from 'latentbrush/studio';
import { useSearchParams } from 'wouter';
import { fileAddress } from '../api/addresses.ts';
import { hasEnded, useJobNews, type JobNews } from '../api/events.ts';
import { useAddJob, useCancelJob, useJob, type NewJob } from '../api/queries.ts';
import type { Options } from '../forms/schema.ts';
import { cellsOf, variedIn, type VariedOption } from './varied-values.ts';

/** A cell of a sheet. */
export interface SheetCell {
  readonly options: Options;
  /** The address of its picture, when it was made. */
  readonly picture?: string | undefined;
  /** The reason why there is none. */
  readonly reason?: StoredWords | undefined;
}

/** The sheet of variations in the address. */
export interface VariationsState {
  readonly job: QueuedJob | undefined;
  readonly news: JobNews;
  readonly isActive: boolean;
  readonly isStarting: boolean;
  readonly error: Error | null;
  readonly axes: readonly VariedOption[];
  readonly cells: readonly SheetCell[];
  /** Starts a job. @param whenAdded is called with its id */
  readonly start: (job: NewJob, whenAdded?: (id: string) => void) => void;
  readonly cancel: () => void;
}

/** The sheet of variations of a page. */
export interface ClosableVariations extends VariationsState {
  /** Takes the sheet away from the page; it stays in the gallery. */
  readonly close: () => void;
}

/** The name of the sheet's job in the address. */
export const VARY = 'vary';

/** The sheet of variations in the address, which grows while its job runs. */
export function useVariations(): VariationsState {
  const [params, setParams] = useSearchParams();
  const job = useJob(params.get(VARY) ?? undefined);
  const news = useJobNews(job?.id);
  const add = useAddJob();
  const cancel = useCancelJob();
  const axes = variedIn(job?.options ?? {});
  return {
    job,
    news,
    isActive: job !== undefined && !hasEnded(job.state),
    isStarting: add.isPending,
    error: add.error ?? cancel.error,
    axes,
    cells: cellsOf(axes).map((options, index) => ({ options, ...madeCell(job, news, index) })),
    start: (asked, whenAdded) =>
      add.mutate(asked, {
        onSuccess: ({ id }) => {
          whenAdded?.(id);
          setParams((now) => {
            now.set(VARY, id);
            return now;
          });
        },
      }),
    cancel: () => {
      if (job !== undefined) cancel.mutate(job.id);
    },
  };
}

function madeCell(job: QueuedJob | undefined, { samples }: JobNews, index: number): Partial<SheetCell> {
  const sample = samples.find(({ data }) => data.type === 'cell' && data.index === index + 1);
  if (sample === undefined || job === undefined) return {};
  const [file] = Object.values(sample.pictures);
  if (file !== undefined) return { picture: fileAddress(job.id, file) };
  return { reason: Array.isArray(sample.data.reason) ? (sample.data.reason as StoredWords) : [] };
}
