import { useState } from 'react';
import { useWords } from '../../words/index.ts';
import { NewestSlider, useNewest } from './newest-slider.tsx';
import { temperaturesOf, type TextsOfStep } from './text-samples.ts';

/** Maximum number of steps in the table of all. */
const MOST_ROWS = 30;

/** What a language model wrote: temperatures side by side, a row for each step. */
export function TextTable({ steps }: { readonly steps: readonly TextsOfStep[] }) {
  const { say } = useWords();
  const [isAll, setAll] = useState(false);
  const newest = useNewest(steps.length);
  const shown = steps[newest.index];
  if (shown === undefined) return null;
  const title = say('train.texts', { number: newest.index + 1, count: steps.length, step: shown.step });
  const rows = isAll ? steps.slice(-MOST_ROWS).toReversed() : [shown];
  const temperatures = temperaturesOf(rows);
  return (
    <>
      <div className="live-head">
        <span className="soft small figure">{title}</span>
        {steps.length > 1 && (
          <label className="small row">
            <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />
            {say('train.texts.all')}
          </label>
        )}
      </div>
      {!isAll && (
        <NewestSlider label={say('train.samples')} valueText={title} count={steps.length} {...newest} />
      )}
      <table className="train-texts">
        <thead>
          <tr>
            <th scope="col">{say('train.steps')}</th>
            {temperatures.map((temperature) => (
              <th scope="col" key={temperature}>
                {say('write.temperature')} {temperature}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, prompt, texts }) => (
            <tr key={step}>
              <th scope="row" className="figure">
                {step}
              </th>
              {temperatures.map((temperature) => (
                <td key={temperature} data-temperature={`${say('write.temperature')} ${temperature}`}>
                  {texts[temperature] !== undefined && (
                    <>
                      <span className="soft">{prompt}</span>
                      {texts[temperature]}
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
