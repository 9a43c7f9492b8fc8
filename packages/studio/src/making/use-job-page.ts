import { useEffect, useRef, useState } from 'react';
import type { QueuedJob } from 'latentbrush/studio';
import { useHistoryState } from 'wouter/use-browser-location';
import { useSearchParams } from 'wouter';
import { hasEnded, useJobNews, type JobNews } from '../api/events.ts';
import {
  useAddJob,
  useCancelJob,
  useDefinition,
  useJob,
  type CarriedRecipe,
  type NewJob,
} from '../api/queries.ts';
import { useVariations, VARY, type VariationsState } from './use-variations.ts';
import { fittingOptions, type Options } from '../forms/schema.ts';
import { asText, fromText, type PictureReference } from '../pictures/chosen.ts';

/** Settings from another page, with the address. */
export interface HandedOver {
  readonly options?: Options | undefined;
  /** Of the picture in the address. */
  readonly recipe?: CarriedRecipe | undefined;
}

/** The state of a page that makes pictures. Everything except the options is in its address, so that it can be reloaded and linked. */
export interface JobPage {
  /** Its job, after the start. */
  readonly job: QueuedJob | undefined;
  readonly news: JobNews;
  readonly isActive: boolean;
  readonly isStarting: boolean;
  readonly error: Error | null;
  readonly options: Options;
  readonly setOptions: (options: Options) => void;
  readonly picture: (input: string) => PictureReference | undefined;
  readonly choose: (input: string, picture: PictureReference | undefined) => void;
  /** The job that the address names: its job, else that of its sheet of variations. Its inputs are those of the page. */
  readonly shown: QueuedJob | undefined;
  readonly variations: VariationsState;
  readonly start: (job: Omit<NewJob, 'options'>) => void;
  readonly cancel: () => void;
}

/**
 * The state of a page that makes pictures by a job.
 * @param name of the job: `dream.picture`
 * @param first initial options of the page
 */
export function useJobPage(name: string, first: Options): JobPage {
  const [params, setParams] = useSearchParams();
  const handed = useHistoryState<HandedOver | null>()?.options;
  const [options, setOptions] = useState(handed ?? first);
  const id = params.get('job') ?? undefined;
  const job = useJob(id);
  const news = useJobNews(job?.id);
  const schema = useDefinition(name)?.options;
  const variations = useVariations();
  const shown = job ?? variations.job;
  const add = useAddJob();
  const cancel = useCancelJob();

  // A job opened from another page fills the form with its options; settings from another page do, too.
  const [read, setRead] = useState<string>();
  const sheets = useRef(new Set<string>());
  useEffect(() => {
    if (shown === undefined || schema === undefined || read === shown.id) return;
    if (sheets.current.has(shown.id)) return;
    setRead(shown.id);
    setOptions(fittingOptions(schema, shown.options));
  }, [shown, schema, read]);
  useEffect(() => {
    if (handed !== undefined) setOptions(handed);
  }, [handed]);

  return {
    job,
    news,
    // From the list of jobs, which has the artefacts of a job as soon as it has ended.
    isActive: job !== undefined && !hasEnded(job.state),
    isStarting: add.isPending,
    error: add.error ?? cancel.error,
    options,
    setOptions: (changed) => {
      add.reset(); // the errors about the old values
      setOptions(changed);
    },
    picture: (input) => fromText(params.get(input)),
    choose: (input, picture) => {
      add.reset();
      setParams((now) => {
        if (picture === undefined) now.delete(input);
        else now.set(input, asText(picture));
        now.delete('job');
        now.delete(VARY);
        return now;
      });
    },
    shown,
    variations: {
      ...variations,
      // Its options are those of the form, without the size: they do not go back into it.
      start: (asked) => variations.start(asked, (added) => sheets.current.add(added)),
    },
    start: (asked) => {
      add.mutate(
        { ...asked, options },
        {
          onSuccess: (added) => {
            setRead(added.id);
            setParams((now) => {
              now.set('job', added.id);
              return now;
            });
          },
        },
      );
    },
    cancel: () => {
      if (job !== undefined) cancel.mutate(job.id);
    },
  };
}
