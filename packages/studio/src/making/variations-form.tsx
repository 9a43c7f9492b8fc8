import { useId, useState } from 'react';
import { ServerError } from '../api/client.ts';
import type { NewJob } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { Field } from '../design/field.tsx';
import { withoutOption, type Options, type Property } from '../forms/schema.ts';
import { errorSentence } from '../queue/job-words.ts';
import { optionWords, useWords } from '../words/index.ts';
import type { VariationsState } from './use-variations.ts';
import { cellsOf, suggestedValues, valuesOf, variableProperties } from './varied-values.ts';

interface VariationsFormProps {
  /** Name of the job. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly options: Options;
  /** The option that is varied first. */
  readonly first: string;
  /** Options that do not apply to the small pictures of a sheet: their size. */
  readonly without: readonly string[];
  /** The inputs of the job; undefined if one is missing. */
  readonly inputs: NewJob['inputs'] | undefined;
  readonly variations: VariationsState;
}

/** An option and its values, as typed. */
interface Typed {
  readonly option: string;
  readonly text: string;
}

/** Chooses one or two options and their values, and makes a sheet of small pictures from them. */
export function VariationsForm({
  name,
  schema,
  options,
  first,
  without,
  inputs,
  variations,
}: VariationsFormProps) {
  const { say, language } = useWords();
  const properties = variableProperties(schema);
  const propertyOf = (option: string): Property => properties.find(([one]) => one === option)?.[1] ?? {};
  const typed = (option: string): Typed => ({ option, text: suggestedValues(option, propertyOf(option)) });
  const [across, setAcross] = useState(() => typed(first));
  const [down, setDown] = useState<Typed>({ option: '', text: '' });
  const chosen = [across, down].filter(({ option }) => option !== '');
  const axes = chosen.map(({ option, text }) => ({ option, values: valuesOf(text, propertyOf(option)) }));
  const count = axes.some(({ values }) => values.length === 0) ? 0 : cellsOf(axes).length;
  const isReady = inputs !== undefined && count > 0 && !variations.isActive && !variations.isStarting;
  const { error } = variations;
  const start = (): void => {
    if (inputs === undefined) return;
    const varied = chosen.map(({ option }) => option);
    const kept = [...without, ...varied].reduce<Options>(withoutOption, options);
    variations.start({ job: name, inputs, options: { ...kept, vary: { axes } } });
  };
  return (
    <details className="options" open={variations.job !== undefined || undefined}>
      <summary>{say('vary.title')}</summary>
      <form
        className="options-list"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) start();
        }}
      >
        <p className="field-help">{say('vary.about')}</p>
        <Axis
          title={say('vary.across')}
          typed={across}
          choices={properties.map(([option]) => option).filter((option) => option !== down.option)}
          word={(option) => optionWords(language, name, option, '').label}
          onChoose={(option) => setAcross(typed(option))}
          onType={(text) => setAcross({ ...across, text })}
        />
        <Axis
          title={say('vary.down')}
          none={say('vary.none')}
          typed={down}
          choices={properties.map(([option]) => option).filter((option) => option !== across.option)}
          word={(option) => optionWords(language, name, option, '').label}
          onChoose={(option) => setDown(option === '' ? { option, text: '' } : typed(option))}
          onType={(text) => setDown({ ...down, text })}
        />
        {error !== null && (
          <ErrorLine>
            {error instanceof ServerError ? errorSentence(error, name, say, language) : say('error.unknown')}
          </ErrorLine>
        )}
        <Button type="submit" icon="grid" disabled={!isReady}>
          {count === 0 ? say('vary.run.none') : say('vary.run', { count })}
        </Button>
      </form>
    </details>
  );
}

interface AxisProps {
  readonly title: string;
  /** The word for no option; undefined if an option is required. */
  readonly none?: string | undefined;
  readonly typed: Typed;
  readonly choices: readonly string[];
  readonly word: (option: string) => string;
  readonly onChoose: (option: string) => void;
  readonly onType: (text: string) => void;
}

function Axis({ title, none, typed, choices, word, onChoose, onType }: AxisProps) {
  const { say } = useWords();
  const id = useId();
  return (
    <div className="vary-axis">
      <Field id={`${id}-option`} label={title}>
        <select
          id={`${id}-option`}
          className="input"
          value={typed.option}
          onChange={(event) => onChoose(event.target.value)}
        >
          {none !== undefined && <option value="">{none}</option>}
          {choices.map((option) => (
            <option key={option} value={option}>
              {word(option)}
            </option>
          ))}
        </select>
      </Field>
      {typed.option !== '' && (
        <input
          className="input"
          type="text"
          spellCheck={false}
          aria-label={say('vary.values', { option: word(typed.option) })}
          placeholder={say('vary.values.example')}
          value={typed.text}
          onChange={(event) => onType(event.target.value)}
        />
      )}
    </div>
  );
}
