import { useEffect, useRef } from 'react';
import { fileAddress } from '../api/addresses.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { Icon } from '../design/icon.tsx';
import { Progress } from '../design/progress.tsx';
import type { Options } from '../forms/schema.ts';
import { sentence } from '../queue/job-words.ts';
import { remaining } from '../queue/remaining.ts';
import { optionWords, useWords } from '../words/index.ts';
import type { ClosableVariations, SheetCell } from './use-variations.ts';
import './variations.css';
import { written } from './varied-values.ts';

interface VariationSheetProps {
  readonly variations: ClosableVariations;
  /** The options in the form: the cell that has them is marked. */
  readonly options: Options;
  readonly onUse: (cell: Options, label: string) => void;
}

/** The small pictures of a sheet, during the job. A press puts the values of one into the form. */
export function VariationSheet({ variations, options, onUse }: VariationSheetProps) {
  const { say, language } = useWords();
  const { job, isActive, axes, cells } = variations;
  const section = useRef<HTMLElement>(null);
  const running = isActive ? job?.id : undefined;
  useEffect(() => {
    if (running !== undefined) section.current?.scrollIntoView({ block: 'nearest' });
  }, [running]);
  if (job === undefined) return null;
  const labelOf = (cell: Options): string =>
    axes
      .map(({ option }) => `${optionWords(language, job.job, option, '').label} ${written(cell[option])}`)
      .join(', ');
  const file = job.artefacts.at(-1);
  return (
    <section className="panel stack vary-sheet" ref={section} aria-label={say('vary.sheet')}>
      <div className="vary-head">
        <h2>{say('vary.sheet')}</h2>
        <Button look="quiet" icon="close" aria-label={say('vary.close')} onClick={variations.close} />
      </div>
      {isActive ? <SheetProgress variations={variations} /> : <p className="soft small">{say('vary.use')}</p>}
      {job.error !== undefined && <ErrorLine>{sentence(job.error, job.job, language)}</ErrorLine>}
      <ul
        className={axes.length > 1 ? 'vary-cells vary-table' : 'vary-cells'}
        style={
          axes.length > 1
            ? { gridTemplateColumns: `repeat(${axes[0]?.values.length ?? 1}, minmax(7rem, 1fr))` }
            : undefined
        }
      >
        {cells.map((cell) => {
          const label = labelOf(cell.options);
          return (
            <li key={label}>
              <Cell
                cell={cell}
                job={job.job}
                label={label}
                isChosen={Object.entries(cell.options).every(
                  ([name, value]) => JSON.stringify(options[name]) === JSON.stringify(value),
                )}
                onUse={() => onUse(cell.options, label)}
              />
            </li>
          );
        })}
      </ul>
      <div className="row">
        {isActive ? (
          <Button onClick={variations.cancel}>{say('run.cancel')}</Button>
        ) : (
          file !== undefined && (
            <a className={buttonClass()} href={fileAddress(job.id, file)} download={file.split('/').at(-1)}>
              <Icon name="download" />
              {say('vary.download')}
            </a>
          )
        )}
      </div>
    </section>
  );
}

interface CellProps {
  readonly cell: SheetCell;
  readonly job: string;
  readonly label: string;
  readonly isChosen: boolean;
  readonly onUse: () => void;
}

function Cell({ cell: { picture, reason }, job, label, isChosen, onUse }: CellProps) {
  const { language } = useWords();
  if (reason !== undefined)
    return (
      <div className="vary-cell">
        <span className="vary-picture vary-missing">{sentence(reason, job, language)}</span>
        <span className="vary-label">{label}</span>
      </div>
    );
  return (
    <button
      type="button"
      className="vary-cell"
      aria-pressed={isChosen}
      disabled={picture === undefined}
      onClick={onUse}
    >
      <span className="vary-picture">{picture !== undefined && <img src={picture} alt="" />}</span>
      <span className="vary-label">{label}</span>
    </button>
  );
}

function SheetProgress({ variations: { job, news, cells } }: Pick<VariationSheetProps, 'variations'>) {
  const { say } = useWords();
  const { progress } = news;
  if ((news.state?.state ?? job?.state) === 'queued')
    return <Progress share={undefined} label={say('run.waiting')} />;
  if (progress === undefined) return <Progress share={undefined} label={say('run.preparing')} />;
  const share = progress.done / progress.total;
  return (
    <Progress
      share={share}
      label={say('vary.progress', { done: Math.floor(progress.done), total: cells.length })}
      aside={remaining(job?.started, progress.time, share, say)}
    />
  );
}
