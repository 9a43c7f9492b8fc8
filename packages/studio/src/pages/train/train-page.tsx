import { useSearchParams } from 'wouter';
import { useJobs } from '../../api/queries.ts';
import { hasEnded } from '../../api/events.ts';
import '../../live/live.css';
import '../../making/making.css';
import { useWords } from '../../words/index.ts';
import { RunList } from './run-list.tsx';
import { TrainForm } from './train-form.tsx';
import './train.css';
import { TrainingView } from './training-view.tsx';

const IS_TRAINING = /^(?:vae|gan|text)\.(?:train|resume)$/;

/** Train networks, watch them learn, stop and continue them. */
export function TrainPage() {
  const { say } = useWords();
  const [params, setParams] = useSearchParams();
  const trainings = useJobs().data?.filter(({ job }) => IS_TRAINING.test(job)) ?? [];
  const asked = params.get('job');
  const shown = trainings.find(({ id }) => id === asked) ?? trainings.find(({ state }) => !hasEnded(state));
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
        {shown !== undefined && <TrainingView key={shown.id} job={shown} />}
        <RunList jobs={trainings} onShow={show} />
      </div>
      <div className="maker-panel">
        <TrainForm onStarted={show} />
      </div>
    </div>
  );
}
