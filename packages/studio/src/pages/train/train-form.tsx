import { useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ServerError } from '../../api/client.ts';
import { collectionsQuery, type DataChoice } from '../../api/collections.ts';
import { ESTIMATES } from '../../api/estimates.ts';
import { useAddJob, useDefinition } from '../../api/queries.ts';
import { runsQuery } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { Choices } from '../../design/choices.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { described, Field } from '../../design/field.tsx';
import { OptionField } from '../../forms/option-field.tsx';
import { SchemaForm } from '../../forms/schema-form.tsx';
import { shownProperties, withOption, type Options } from '../../forms/schema.ts';
import { errorSentence, optionNamed } from '../../queue/job-words.ts';
import { TRAINED_SYSTEMS, type TrainedSystem } from '../../queue/trained-systems.ts';
import { optionWords, useWords, type WordKey } from '../../words/index.ts';
import type { PictureReference } from '../../pictures/chosen.ts';
import { PaintingField } from '../style/painting-field.tsx';
import { ContactSheetView } from './contact-sheet.tsx';
import { EstimateLine } from './estimate-line.tsx';
import { OwnData } from './own-data.tsx';
import { proposedName, RUN_NAME, TRAININGS } from './trainings.ts';

/** The form of a training: system, data and options. */
export function TrainForm({ onStarted }: { readonly onStarted: (job: string) => void }) {
  const [params] = useSearchParams();
  const asked = TRAINED_SYSTEMS.find((one) => one === params.get('system')) ?? 'vae';
  const [system, setSystem] = useState<TrainedSystem>(asked);
  return <SystemForm key={system} system={system} onSystem={setSystem} onStarted={onStarted} />;
}

interface SystemFormProps {
  readonly system: TrainedSystem;
  readonly onSystem: (system: TrainedSystem) => void;
  readonly onStarted: (job: string) => void;
}

function SystemForm({ system, onSystem, onStarted }: SystemFormProps) {
  const { say, language } = useWords();
  const id = useId();
  const { input, dataSets, first, begins, needsPainting = false } = TRAININGS[system];
  const job = `${system}.train`;
  const schema = useDefinition(job)?.options;
  const [asked, chooseData] = useState(dataSets[0]?.name);
  const [painting, setPainting] = useState<PictureReference>({ example: 'starry-night' });
  const kind = input === 'corpus' ? 'text' : 'pictures';
  const own = (useQuery(collectionsQuery).data ?? []).filter((one) => one.kind === kind && one.count > 0);
  const data = asked ?? own[0]?.id; // none until the person has added some
  const chosen = own.find(({ id: one }) => one === data);
  const choice: DataChoice | undefined =
    chosen !== undefined ? { collection: chosen.id } : data === undefined ? undefined : { dataset: data };
  const inputs = choice && { [input]: choice, ...(needsPainting && { style: painting }) };
  const [options, setOptions] = useState<Options>(begins);
  const runs = useQuery(runsQuery).data ?? [];
  const taken = runs.map(({ name }) => name);
  const [given, setGiven] = useState<string>();
  const source = needsPainting && 'example' in painting ? painting.example : (chosen?.name ?? data);
  const name = given ?? proposedName(system, source ?? 'new', taken);
  const wrongName = !RUN_NAME.test(name)
    ? 'train.name.wrong'
    : taken.includes(name)
      ? 'train.name.taken'
      : undefined;
  const queries = useQueryClient();
  const add = useAddJob();
  const option = add.error instanceof ServerError ? optionNamed(add.error.words) : undefined;
  const said = add.error === null ? undefined : errorSentence(add.error, job, say, language);
  const change = (changed: Options): void => {
    add.reset(); // the errors about the old values
    setOptions(changed);
  };
  const start = (): void => {
    if (inputs === undefined) return;
    void queries.cancelQueries({ queryKey: ESTIMATES }); // the training needs the processors
    add.mutate(
      { job, inputs, options, run: name },
      {
        onSuccess: (added) => {
          setGiven(undefined);
          void queries.invalidateQueries(runsQuery);
          onStarted(added.id);
        },
      },
    );
  };
  return (
    <>
      <div className="stack train-system">
        <Choices
          label={say('train.system')}
          value={system}
          options={TRAINED_SYSTEMS.map((value) => ({ value, label: say(`train.${value}`) }))}
          onChange={onSystem}
        />
        <p className="field-help">{say(`train.${system}.about`)}</p>
      </div>
      {needsPainting && <PaintingField painting={painting} onChoose={setPainting} />}
      <div className="stack train-system">
        {choice === undefined ? (
          <>
            <p className="field-label">{say('train.photographs')}</p>
            <p className="field-help">{say('train.photographs.help')}</p>
          </>
        ) : (
          <Choices
            label={say(needsPainting ? 'train.photographs' : 'train.data')}
            wrap
            value={data}
            options={[
              ...dataSets.map(({ name: value }) => ({ value, label: say(`data.${value}` as WordKey) })),
              ...own.map(({ id: value, name: label }) => ({ value, label })),
            ]}
            onChange={chooseData}
          />
        )}
        <OwnData key={kind} kind={kind} onAdded={chooseData} />
        {choice !== undefined && (
          <ContactSheetView choice={choice} isWanted={kind === 'pictures'} isRepeated={!needsPainting} />
        )}
        <DownloadHelp megabytes={dataSets.find((one) => one.name === data)?.megabytes} />
      </div>
      {schema !== undefined &&
        shownProperties(schema)
          .filter(([one]) => first.includes(one))
          .map(([one, property]) => (
            <OptionField
              key={one}
              id={`${id}-${one}`}
              property={property}
              words={optionWords(language, job, one, property.description ?? '')}
              value={options[one]}
              begin={begins[one]}
              error={option === one ? said : undefined}
              onChange={(value) => change(withOption(options, one, value, property))}
            />
          ))}
      <Field
        id={`${id}-name`}
        label={say('train.name')}
        help={say('train.name.help')}
        error={wrongName && say(wrongName)}
      >
        <input
          className="input"
          {...described(`${id}-name`, { help: 'x', error: wrongName })}
          value={name}
          spellCheck={false}
          onChange={(event) => setGiven(event.target.value)}
        />
      </Field>
      {schema === undefined ? (
        <div className="options-waiting" />
      ) : (
        <SchemaForm
          job={job}
          schema={schema}
          value={options}
          begins={begins}
          without={first}
          error={
            option === undefined || said === undefined || first.includes(option)
              ? undefined
              : { option, text: said }
          }
          onChange={change}
        />
      )}
      <div className="run">
        {said !== undefined && option === undefined && <ErrorLine>{said}</ErrorLine>}
        {inputs !== undefined && <EstimateLine request={{ job, inputs, options }} />}
        <Button
          look="main"
          disabled={inputs === undefined || add.isPending || wrongName !== undefined}
          onClick={start}
        >
          {say('train.start')}
        </Button>
      </div>
    </>
  );
}

function DownloadHelp({ megabytes }: { readonly megabytes: number | undefined }) {
  const { say } = useWords();
  if (megabytes === undefined) return null;
  return <p className="field-help">{say('train.download', { megabytes })}</p>;
}
