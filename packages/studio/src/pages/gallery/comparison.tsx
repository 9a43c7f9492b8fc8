import { useState } from 'react';
import { fileAddress } from '../../api/addresses.ts';
import { useDefinition } from '../../api/queries.ts';
import { BeforeAfter } from '../../design/before-after.tsx';
import { Choices } from '../../design/choices.tsx';
import { inWords } from '../../forms/command-line.ts';
import '../../pictures/pictures.css';
import { isVideo, type MadePicture } from '../../pictures/made.ts';
import { jobTitle } from '../../queue/job-words.ts';
import { optionWords, useWords } from '../../words/index.ts';
import { differences } from './differences.ts';

interface ComparisonProps {
  readonly one: MadePicture;
  readonly other: MadePicture;
  /** Pictures to compare with. */
  readonly pictures: readonly MadePicture[];
  readonly onChoose: (other: MadePicture) => void;
}

/** Pictures to choose from. */
const SHOWN = 60;

/** Two pictures beside each other, or one over the other with a slider, and the options in which they differ. */
export function Comparison({ one, other, pictures, onChoose }: ComparisonProps) {
  const { say, language } = useWords();
  const [way, setWay] = useState<'beside' | 'slider'>('beside');
  const words = {
    before: say('compare.one'),
    after: say('compare.other'),
    compare: say('compare.slide'),
  };
  const addresses = [one, other].map(({ job, file }) => fileAddress(job.id, file));
  const [first = '', second = ''] = addresses;
  const times = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <>
      {way === 'beside' ? (
        <div className="compare-two">
          <figure>
            <img src={first} alt={words.before} />
            <span className="compare-name compare-before" aria-hidden="true">
              {words.before}
            </span>
          </figure>
          <figure>
            <img src={second} alt={words.after} />
            <span className="compare-name compare-before" aria-hidden="true">
              {words.after}
            </span>
          </figure>
        </div>
      ) : (
        <div className="viewer-stage compare-over">
          <BeforeAfter before={first} after={second} words={words} />
        </div>
      )}
      <div className="compare-way">
        <Choices
          label={say('compare.way')}
          value={way}
          options={[
            { value: 'beside', label: say('compare.beside') },
            { value: 'slider', label: say('compare.slider') },
          ]}
          onChange={setWay}
        />
      </div>
      <div className="source">
        <p className="source-title">{say('compare.with')}</p>
        <ul className="source-row">
          {pictures
            .filter(({ file }) => !isVideo(file))
            .filter((picture) => !isSame(picture, one))
            .slice(0, SHOWN)
            .map((picture) => (
              <li key={`${picture.job.id}:${picture.file}`}>
                <button
                  type="button"
                  className="source-picture"
                  aria-pressed={isSame(picture, other)}
                  aria-label={`${jobTitle(picture.job, say)}, ${times.format(picture.job.created)}`}
                  onClick={() => onChoose(picture)}
                >
                  <img src={fileAddress(picture.job.id, picture.file, 160)} alt="" loading="lazy" />
                </button>
              </li>
            ))}
        </ul>
      </div>
      <Differences one={one} other={other} />
    </>
  );
}

function isSame(one: MadePicture, other: MadePicture): boolean {
  return one.job.id === other.job.id && one.file === other.file;
}

function Differences({ one, other }: Pick<ComparisonProps, 'one' | 'other'>) {
  const { say, language } = useWords();
  const { job } = one.job;
  const schema = useDefinition(job)?.options;
  if (schema === undefined || other.job.job !== job) return null;
  const areSheets = [one, other].some((picture) => picture.job.options.vary !== undefined);
  if (areSheets) return null; // the differences are on the sheets
  const found = differences(schema, one.job.options, other.job.options);
  const written = (value: unknown): string => (value === undefined ? say('form.automatic') : inWords(value));
  if (found.length === 0) return <p className="soft small">{say('compare.same')}</p>;
  return (
    <table className="compare-options small">
      <thead>
        <tr>
          <th scope="col">{say('compare.option')}</th>
          <th scope="col">{say('compare.one')}</th>
          <th scope="col">{say('compare.other')}</th>
        </tr>
      </thead>
      <tbody>
        {found.map((difference) => (
          <tr key={difference.option}>
            <th scope="row">{optionWords(language, job, difference.option, '').label}</th>
            <td>{written(difference.one)}</td>
            <td>{written(difference.other)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
