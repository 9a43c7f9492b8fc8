import type { QueuedJob } from 'latentbrush/studio';
import { useId, useState } from 'react';
import { hasEnded } from '../../api/events.ts';
import { useAddJob } from '../../api/queries.ts';
import { useRuns, type RunEntry } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { runTitle } from '../../live/run-title.ts';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import type { Comparison } from './losses/use-losses.ts';
import { RunLinks } from './run-links.tsx';
import { TRAINED_SYSTEMS, type TrainedSystem } from '../../queue/trained-systems.ts';
import { runOf, TRAININGS } from './trainings.ts';

interface RunListProps {
  /** Trainings, newest first. */
  readonly jobs: readonly QueuedJob[];
  /** The runs whose losses are compared. */
  readonly comparison: Comparison;
  /** The run whose training is shown: its losses are in the chart already. */
  readonly shown: string | undefined;
  /** Shows a training. */
  readonly onShow: (job: string) => void;
}

/** All trained networks: use them, see their training, or train them further. */
export function RunList({ jobs, comparison, shown, onShow }: RunListProps) {
  const { say } = useWords();
  const all = useRuns(TRAINED_SYSTEMS);
  const runs = all?.filter(({ isPretrained }) => !isPretrained);
  const pretrained = all?.filter(({ isPretrained }) => isPretrained) ?? [];
  return (
    <section className="stack train-list">
      <h2>{say('train.runs')}</h2>
      {runs?.length === 0 && <p className="soft">{say('train.runs.none')}</p>}
      <ul className="train-runs">
        {runs?.map((run) => (
          <RunRow
            key={run.name}
            run={run}
            job={jobs.find((job) => runOf(job) === run.name)}
            comparison={comparison}
            isShown={run.name === shown}
            onShow={onShow}
          />
        ))}
      </ul>
      {pretrained.length > 0 && (
        <>
          <h2>{say('pretrained.runs')}</h2>
          <p className="soft small">{say('pretrained.runs.about')}</p>
          <ul className="train-runs">
            {pretrained.map((run) => (
              <PretrainedRow key={run.name} run={run} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** A network that comes with Latentbrush: it is played with, and nothing else. */
function PretrainedRow({ run }: { readonly run: RunEntry }) {
  const { say } = useWords();
  return (
    <li className="panel train-run">
      <div className="train-run-name">
        <h3>{runTitle(run, say)}</h3>
        <p className="soft small">{say(`train.${run.system as TrainedSystem}`)}</p>
      </div>
      <div className="row">
        <RunLinks system={run.system} name={run.name} />
      </div>
    </li>
  );
}

interface RunRowProps {
  readonly run: RunEntry;
  /** The latest training of the run, if the queue still has it. */
  readonly job: QueuedJob | undefined;
  readonly comparison: Comparison;
  readonly isShown: boolean;
  readonly onShow: (job: string) => void;
}

function RunRow({
  run: { name, system, created, options },
  job,
  comparison: { runs, isFull, toggle },
  isShown,
  onShow,
}: RunRowProps) {
  const { say, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const isBusy = job !== undefined && !hasEnded(job.state);
  const when = new Date(created).toLocaleDateString(language, { dateStyle: 'medium' });
  return (
    <li className="panel train-run">
      <div className="train-run-name">
        <h3>{name}</h3>
        <p className="soft small">
          {say(`train.${system as TrainedSystem}`)} · {when}
        </p>
      </div>
      <div className="row">
        <label className="small row train-compare">
          <input
            type="checkbox"
            aria-label={say('chart.compare.run', { run: name })}
            checked={isShown || runs.includes(name)}
            disabled={isShown || (isFull && !runs.includes(name))}
            onChange={() => toggle(name)}
          />
          {say('chart.compare')}
        </label>
        <RunLinks system={system} name={name} />
        {job !== undefined && (
          <Button small onClick={() => onShow(job.id)}>
            {say('train.loss')}
          </Button>
        )}
        <Button small disabled={isBusy} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {say('train.resume')}
        </Button>
      </div>
      {isOpen && !isBusy && (
        <ResumeForm
          name={name}
          system={system as TrainedSystem}
          options={options}
          isWhole={job?.state === 'done'}
          onStarted={(id) => {
            setOpen(false);
            onShow(id);
          }}
        />
      )}
    </li>
  );
}

interface ResumeFormProps {
  readonly name: string;
  readonly system: TrainedSystem;
  /** The initial options of the run. */
  readonly options: RunEntry['options'];
  /** Whether it was trained for the full length. */
  readonly isWhole: boolean;
  readonly onStarted: (job: string) => void;
}

function ResumeForm({ name, system, options, isWhole, onStarted }: ResumeFormProps) {
  const { say, language } = useWords();
  const id = useId();
  const { length } = TRAININGS[system];
  const asked = Number(options[length] ?? 1);
  const [total, setTotal] = useState(isWhole ? 2 * asked : asked);
  const add = useAddJob();
  const job = `${system}.resume`;
  return (
    <form
      className="row train-resume"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(
          { job, inputs: {}, options: { [length]: total }, run: name },
          { onSuccess: (added) => onStarted(added.id) },
        );
      }}
    >
      <label className="small" htmlFor={id}>
        {say(`train.total.${length}`)}
      </label>
      <input
        id={id}
        className="input input-number"
        type="number"
        min={1}
        value={total}
        onChange={(event) => setTotal(event.target.valueAsNumber)}
      />
      <Button small type="submit" disabled={add.isPending || !Number.isInteger(total)}>
        {say('train.resume')}
      </Button>
      {add.error !== null && <ErrorLine>{errorSentence(add.error, job, say, language)}</ErrorLine>}
    </form>
  );
}
