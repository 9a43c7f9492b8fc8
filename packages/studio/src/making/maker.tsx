import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { ServerError } from '../api/client.ts';
import { useDefinition, type CarriedRecipe } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { SchemaForm } from '../forms/schema-form.tsx';
import type { PictureReference } from '../pictures/chosen.ts';
import { PictureDrop } from '../pictures/picture-drop.tsx';
import { PictureSources } from '../pictures/picture-sources.tsx';
import { useAdding, usePageDrops } from '../pictures/use-adding.ts';
import { errorSentence, optionNamed, sentence } from '../queue/job-words.ts';
import { pageForJob } from '../queue/place-of-job.ts';
import { useWords } from '../words/index.ts';
import './making.css';
import { Outcome } from './outcome.tsx';
import { RecipeNotice } from './recipe-notice.tsx';
import { RunProgress, Stage } from './stage.tsx';
import type { HandedOver, JobPage } from './use-job-page.ts';
import { useRunKeys } from './use-run-keys.ts';

interface MakerProps {
  /** Name of the job. */
  readonly name: string;
  readonly page: JobPage;
  readonly title: string;
  readonly about: string;
  readonly runWord: string;
  /** The input picture of the job, and its name in the address. */
  readonly picture: PictureReference | undefined;
  readonly onChoose: (picture: PictureReference) => void;
  /** Starts the job; undefined if something is missing. */
  readonly onStart: (() => void) | undefined;
  readonly command: string | undefined;
  /** The few choices above all options. */
  readonly children: ReactNode;
}

/** The frame of a page that makes a picture from a picture: the stage, the choices, the button. */
export function Maker({
  name,
  page,
  title,
  about,
  runWord,
  picture,
  onChoose,
  onStart,
  command,
  children,
}: MakerProps) {
  const { say, language } = useWords();
  const [, navigate] = useLocation();
  const [recipe, setRecipe] = useState<CarriedRecipe | undefined>(
    useHistoryState<HandedOver | null>()?.recipe,
  );
  const schema = useDefinition(name)?.options;
  const adding = useAdding((added, carried) => {
    setRecipe(carried);
    onChoose(added);
  });
  usePageDrops(adding.add);
  const start = page.isActive || page.isStarting ? undefined : onStart;
  useRunKeys(start, page.isActive ? page.cancel : undefined);
  const { error, job } = page;
  const failure = job?.state === 'failed' ? job.error : undefined;
  const words = error instanceof ServerError ? error.words : failure;
  const named = words === undefined ? undefined : optionNamed(words);
  // The error of a failed job is about its old value.
  const isOfValue =
    named !== undefined &&
    (error !== null || JSON.stringify(page.options[named]) === JSON.stringify(job?.options[named]));
  const option = isOfValue ? named : undefined;
  const said =
    error !== null
      ? errorSentence(error, name, say, language)
      : failure === undefined
        ? undefined
        : sentence(failure, name, language);
  const choose = (chosen: PictureReference): void => {
    setRecipe(undefined);
    onChoose(chosen);
  };
  return (
    <div className="maker">
      <div className="maker-head">
        <h1>{title}</h1>
        <p className="soft">{about}</p>
      </div>
      <div className="maker-stage">
        <Stage
          page={page}
          picture={picture}
          empty={<PictureDrop title={say('picture.choose')} adding={adding} />}
        />
        {(picture !== undefined || page.job !== undefined) && (
          <Outcome page={page} command={command} onUseAgain={choose} />
        )}
        {recipe?.job !== undefined && (
          <RecipeNotice
            recipe={{ ...recipe, job: recipe.job }}
            onIgnore={() => setRecipe(undefined)}
            onUse={(options) => {
              setRecipe(undefined);
              const place = recipe.job === name ? undefined : pageForJob(recipe.job ?? '');
              if (place === undefined) page.setOptions(options);
              else navigate(`${place}${window.location.search}`, { state: { options } });
            }}
          />
        )}
        {picture !== undefined && <PictureDrop compact title={say('picture.change')} adding={adding} />}
        <PictureSources chosen={picture} first="cat" onChoose={choose} />
      </div>
      <div className="maker-panel">
        {children}
        {schema === undefined ? (
          <div className="options-waiting" />
        ) : (
          <SchemaForm
            job={name}
            schema={schema}
            value={page.options}
            error={option === undefined || said === undefined ? undefined : { option, text: said }}
            onChange={page.setOptions}
          />
        )}
        <div className="run">
          <RunProgress page={page} />
          {said !== undefined && option === undefined && <ErrorLine>{said}</ErrorLine>}
          {page.isActive ? (
            <Button onClick={page.cancel}>{say('run.cancel')}</Button>
          ) : (
            <Button look="main" disabled={start === undefined} onClick={start}>
              {runWord}
            </Button>
          )}
          <p className="run-keys">{say('run.keys')}</p>
        </div>
      </div>
    </div>
  );
}
