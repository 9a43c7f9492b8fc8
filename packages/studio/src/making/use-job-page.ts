import { useEffect, useRef, useState } from 'react';
import type { InputReference, QueuedJob, RecipePictures } from 'latentbrush/studio';
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
import { useVariations, VARY, type ClosableVariations } from './use-variations.ts';
import { fittingOptions, type Options } from '../forms/schema.ts';
import { asText, fromPath, fromText, type PictureReference } from '../pictures/chosen.ts';

/** A recipe that is run again, as it is or with changes. */
export interface FollowedRecipe {
  readonly options: Options;
  /** The pictures it names, by the input of the job; null where the studio does not have one. */
  readonly pictures: RecipePictures;
  /** The run that it used, by its name. */
  readonly run?: string | undefined;
}

/** Settings from another page, with the address. */
export interface HandedOver {
  readonly followed?: FollowedRecipe | undefined;
  /** Of the picture in the address. */
  readonly recipe?: CarriedRecipe | undefined;
}

/** Pictures by their names in the address. */
export type Pictures = Readonly<Record<string, PictureReference | undefined>>;

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
  /** The options that the page began with. */
  readonly begins: Options;
  /** The options of the recipe that the form began with: changes are marked against it. */
  readonly recipe: Options | undefined;
  /** Fills the form with a recipe, and takes its pictures. */
  readonly follow: (recipe: FollowedRecipe) => void;
  readonly picture: (input: string) => PictureReference | undefined;
  /** Changes the pictures that are named; undefined removes one. The others stay. */
  readonly choose: (pictures: Pictures) => void;
  readonly variations: ClosableVariations;
  /** @param own options that are not those of the form */
  readonly start: (job: Omit<NewJob, 'options'>, own?: Options) => void;
  readonly cancel: () => void;
}

/**
 * The state of a page that makes pictures by a job.
 * @param name of the job: `dream.picture`
 * @param first initial options of the page
 * @param picturesOf the pictures that a job has read, by their names in the address, from those of its inputs
 */
export function useJobPage(
  name: string,
  first: Options,
  picturesOf: (of: (input: string) => PictureReference | undefined) => Pictures,
): JobPage {
  const [params, setParams] = useSearchParams();
  const handed = useHistoryState<HandedOver | null>()?.followed;
  const [options, setOptions] = useState(handed?.options ?? first);
  const [recipe, setRecipe] = useState(handed?.options);
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
    setRecipe(undefined);
    setOptions(fittingOptions(schema, shown.options));
  }, [shown, schema, read]);

  // A job opened only by its address has its pictures in its inputs.
  const given = shown === undefined ? {} : picturesOf((input) => fromPath(firstOf(shown.inputs[input])));
  const picture = (input: string): PictureReference | undefined =>
    fromText(params.get(input)) ?? given[input];
  const withPictures = (now: URLSearchParams): URLSearchParams => {
    for (const input of Object.keys(given)) {
      const one = picture(input);
      if (one !== undefined) now.set(input, asText(one));
    }
    return now;
  };

  const withChosen = (now: URLSearchParams, chosen: Pictures): URLSearchParams => {
    withPictures(now);
    for (const [input, one] of Object.entries(chosen)) {
      if (one === undefined) now.delete(input);
      else now.set(input, asText(one));
    }
    now.delete('job');
    now.delete(VARY);
    return now;
  };
  const follow = ({ options: recorded, pictures, run }: FollowedRecipe): void => {
    const found = Object.entries(picturesOf((input) => asPicture(pictures[input]?.[0])));
    setParams(
      (now) => {
        withChosen(now, Object.fromEntries(found.filter(([, one]) => one !== undefined)));
        if (run !== undefined) now.set('run', run);
        return now;
      },
      { replace: true },
    );
    setOptions(recorded);
    setRecipe(recorded);
  };
  useEffect(() => {
    if (handed !== undefined) follow(handed);
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
    begins: first,
    picture,
    choose: (chosen) => {
      add.reset();
      setParams((now) => withChosen(now, chosen));
    },
    recipe,
    follow,
    variations: {
      ...variations,
      // A sheet has the options of the form except the size. They do not change the form.
      start: (asked) => variations.start(asked, (added) => sheets.current.add(added)),
      close: () =>
        setParams((now) => {
          withPictures(now).delete(VARY);
          return now;
        }),
    },
    start: (asked, own) => {
      add.mutate(
        { ...asked, options: { ...options, ...own } },
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

/** The first of several paths, or the only one. */
function firstOf(paths: string | readonly string[] | undefined): string | undefined {
  return typeof paths === 'string' ? paths : paths?.[0];
}

function asPicture(reference: InputReference | null | undefined): PictureReference | undefined {
  if (reference === null || reference === undefined) return undefined;
  return 'upload' in reference || 'job' in reference || 'example' in reference ? reference : undefined;
}
