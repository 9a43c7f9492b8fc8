import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { ServerError } from '../api/client.ts';
import { useDefinition, type CarriedRecipe, type NewJob } from '../api/queries.ts';
import { fileAddress } from '../api/addresses.ts';
import { Button } from '../design/button.tsx';
import { useNotice } from '../design/notices.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { commandLine } from '../forms/command-line.ts';
import { withoutOption } from '../forms/schema.ts';
import { SchemaForm } from '../forms/schema-form.tsx';
import type { PictureReference } from '../pictures/chosen.ts';
import { PictureDrop } from '../pictures/picture-drop.tsx';
import { stepOption } from '../pictures/steps.ts';
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
import { StepSlider, useSteps } from './step-slider.tsx';
import { VariationSheet } from './variation-sheet.tsx';
import { VariationsForm } from './variations-form.tsx';
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
  /** The inputs of the job; undefined if one is missing. */
  readonly inputs: NewJob['inputs'] | undefined;
  /** The command and its files on the command line: `dream cat.jpg`. */
  readonly command: readonly string[];
  /**
   * For a sheet of variations: the option that is varied first, and those that do not apply to its small pictures. Without it there is no
   * such sheet.
   */
  readonly vary?: { readonly first: string; readonly without: readonly string[] };
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
  inputs,
  command,
  vary,
  children,
}: MakerProps) {
  const { say, language } = useWords();
  const notice = useNotice();
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
  const step = stepOption(name);
  const kept = step === undefined ? {} : { [step]: true }; // so that each step can be shown
  const start =
    page.isActive || page.isStarting || inputs === undefined
      ? undefined
      : () => page.start({ job: name, inputs }, kept);
  useRunKeys(start, page.isActive ? page.cancel : undefined);
  const { error, job } = page;
  const steps = useSteps(page.isActive ? undefined : job);
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
          result={job === undefined || steps.file === undefined ? undefined : fileAddress(job.id, steps.file)}
          picture={picture}
          empty={<PictureDrop title={say('picture.choose')} adding={adding} />}
        />
        {job !== undefined && <StepSlider job={job} steps={steps} />}
        {(picture !== undefined || page.job !== undefined) && (
          <Outcome
            page={page}
            file={steps.file}
            command={
              inputs === undefined
                ? undefined
                : commandLine(command, step === undefined ? page.options : withoutOption(page.options, step))
            }
            onUseAgain={choose}
          />
        )}
        <VariationSheet
          variations={page.variations}
          options={page.options}
          onUse={(cell, label) => {
            page.setOptions({ ...page.options, ...cell });
            notice({ text: say('vary.used', { values: label, run: runWord }) });
          }}
        />
        {recipe?.job !== undefined && (
          <RecipeNotice
            recipe={{ ...recipe, job: recipe.job }}
            onIgnore={() => setRecipe(undefined)}
            onUse={(followed) => {
              setRecipe(undefined);
              const place = recipe.job === name ? undefined : pageForJob(recipe.job ?? '');
              if (place === undefined) page.follow(followed);
              else navigate(`${place}${window.location.search}`, { state: { followed } });
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
            begins={page.begins}
            recipe={page.recipe}
            without={step === undefined ? [] : [step]}
            error={option === undefined || said === undefined ? undefined : { option, text: said }}
            onChange={page.setOptions}
          />
        )}
        {schema !== undefined && vary !== undefined && (
          <VariationsForm
            name={name}
            schema={schema}
            options={page.options}
            {...vary}
            inputs={inputs}
            variations={page.variations}
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
