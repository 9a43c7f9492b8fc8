import type { QueuedJob } from 'latentbrush/studio';
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { hasEnded, useJobNews } from '../../api/events.ts';
import { useCancelJob } from '../../api/queries.ts';
import { estimatesBeforeEnd } from '../../api/estimates.ts';
import { runsQuery, useRuns } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { Progress } from '../../design/progress.tsx';
import { sentence } from '../../queue/job-words.ts';
import type { TrainedSystem } from '../../queue/trained-systems.ts';
import { remaining } from '../../queue/remaining.ts';
import { useWords } from '../../words/index.ts';
import { LossChart } from './losses/loss-chart.tsx';
import { useLosses, type Comparison } from './losses/use-losses.ts';
import { ResumeForm } from './resume-form.tsx';
import { RunLinks } from './run-links.tsx';
import { Samples } from './samples.tsx';
import { runOf } from './trainings.ts';
import { useTrainingCurves } from './use-training-curves.ts';

/** A training: its progress, losses, samples, and a button to stop it. */
export function TrainingView({
  job,
  comparison,
  onShow,
}: {
  readonly job: QueuedJob;
  /** Runs whose losses are laid over those of the training. */
  readonly comparison: Comparison;
  /** Shows another training. */
  readonly onShow: (job: string) => void;
}) {
  const { say, language } = useWords();
  const news = useJobNews(job.id);
  const cancel = useCancelJob();
  const queries = useQueryClient();
  const run = runOf(job) ?? '';
  const [system = ''] = job.job.split('.');
  const state = news.state?.state ?? job.state;
  const curves = useTrainingCurves(run, job.id, state, news);
  const losses = useLosses(comparison, { run, curves, isRunning: state === 'running' });
  const { progress } = news;
  const isUnderWay = progress !== undefined; // then the folder of the run exists
  useEffect(() => void queries.invalidateQueries(runsQuery), [queries, state, isUnderWay]);
  useEffect(() => {
    if (hasEnded(state)) void queries.invalidateQueries(estimatesBeforeEnd);
  }, [queries, state]);
  const share = progress === undefined ? undefined : progress.done / progress.total;
  const interrupted = useRuns([system])?.find(({ name }) => state === 'interrupted' && name === run);
  const isStopping = cancel.isSuccess && !hasEnded(state);
  const error = news.state?.error ?? job.error;
  return (
    <section className="panel stack">
      <div className="live-head">
        <h2>{run}</h2>
        {hasEnded(state) ? (
          <RunLinks system={system} name={run} />
        ) : (
          <Button disabled={isStopping} onClick={() => cancel.mutate(job.id)}>
            {say('train.stop')}
          </Button>
        )}
      </div>
      {!hasEnded(state) && (
        <Progress
          share={state === 'queued' ? undefined : share}
          label={
            state === 'queued'
              ? say('run.waiting')
              : progress === undefined
                ? say('run.preparing')
                : say('run.progress', { done: progress.done, total: progress.total })
          }
          aside={share === undefined ? undefined : remaining(job.started, progress?.time ?? 0, share, say)}
        />
      )}
      {state === 'interrupted' && <p role="status">{say('train.interrupted')}</p>}
      {interrupted !== undefined && (
        <ResumeForm
          name={run}
          system={system as TrainedSystem}
          options={{ ...interrupted.options, ...job.options }}
          isTrained={false}
          onStarted={onShow}
        />
      )}
      {state === 'failed' && error !== undefined && (
        <ErrorLine>{sentence(error, job.job, language)}</ErrorLine>
      )}
      {news.messages
        .filter(({ type }) => type === 'warning')
        .slice(-2)
        .map(({ number, words }) => (
          <ErrorLine key={number}>{sentence(words, job.job, language)}</ErrorLine>
        ))}
      <LossChart {...losses} />
      <Samples job={job.id} samples={news.samples} hasEnded={hasEnded(state)} />
    </section>
  );
}
