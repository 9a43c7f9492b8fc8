import type { QueuedJob } from 'latentbrush/studio';
import { useState } from 'react';
import { hasEnded } from '../../api/events.ts';
import { useRuns, type RunEntry } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { runTitle } from '../../live/run-title.ts';
import { useWords } from '../../words/index.ts';
import type { Comparison } from './losses/use-losses.ts';
import { ResumeForm } from './resume-form.tsx';
import { RunLinks } from './run-links.tsx';
import { TRAINED_SYSTEMS, type TrainedSystem } from '../../queue/trained-systems.ts';
import { runOf } from './trainings.ts';

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

/** A network that comes with Latentbrush: it is only for use. */
function PretrainedRow({ run }: { readonly run: RunEntry }) {
  const { say } = useWords();
  return (
    <li className="panel train-run">
      <div>
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
      <div>
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
          options={{ ...options, ...job?.options }}
          isTrained={job?.state === 'done'}
          onStarted={(id) => {
            setOpen(false);
            onShow(id);
          }}
        />
      )}
    </li>
  );
}
