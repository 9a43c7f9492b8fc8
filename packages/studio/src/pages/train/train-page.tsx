import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { useJobs } from '../../api/queries.ts';
import { hasEnded } from '../../api/events.ts';
import { runsQuery } from '../../api/runs.ts';
import '../../live/live.css';
import '../../making/making.css';
import { isTraining } from '../../queue/trained-systems.ts';
import { useWords } from '../../words/index.ts';
import { LossChart } from './losses/loss-chart.tsx';
import { useComparison, useLosses, type Comparison } from './losses/use-losses.ts';
import { RunList } from './run-list.tsx';
import { TrainForm } from './train-form.tsx';
import './train.css';
import { TrainingView } from './training-view.tsx';
import { runOf } from './trainings.ts';

/** Train networks, watch them learn, stop and continue them. */
export function TrainPage() {
  const { say } = useWords();
  const [params, setParams] = useSearchParams();
  const trainings = useJobs().data?.filter(({ job }) => isTraining(job)) ?? [];
  const asked = params.get('job');
  const [seen, setSeen] = useState<string>(); // so it stays after its end, and after a new start of the studio
  const shown =
    trainings.find(({ id }) => id === asked) ??
    trainings.find(({ id }) => id === seen) ??
    trainings.find(({ state }) => state === 'running') ??
    trainings.find(({ state }) => !hasEnded(state));
  const shownRun = shown === undefined ? undefined : runOf(shown);
  const existing = useQuery(runsQuery).data ?? [];
  const comparison = useComparison(
    existing.map(({ name }) => name),
    shownRun,
  );
  const shownId = shown?.id;
  useEffect(() => setSeen(shownId), [shownId]);
  const show = (job: string): void =>
    setParams((now) => {
      now.set('job', job);
      return now;
    });
  return (
    <div className="maker train">
      <div className="maker-head">
        <h1>{say('train.title')}</h1>
        <p className="soft">{say('train.about')}</p>
      </div>
      <div className="maker-stage train-stage">
        {shown !== undefined ? (
          <TrainingView key={shown.id} job={shown} comparison={comparison} onShow={show} />
        ) : (
          comparison.runs.length > 0 && <ComparedLosses comparison={comparison} />
        )}
        <RunList jobs={trainings} comparison={comparison} shown={shownRun} onShow={show} />
      </div>
      <div className="maker-panel">
        <TrainForm onStarted={show} />
      </div>
    </div>
  );
}

/** The losses of the chosen runs, when no training is shown. */
function ComparedLosses({ comparison }: { readonly comparison: Comparison }) {
  const { say } = useWords();
  const losses = useLosses(comparison);
  return (
    <section className="panel stack">
      <h2>{say('chart.title')}</h2>
      <LossChart {...losses} />
    </section>
  );
}
