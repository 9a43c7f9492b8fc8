import type { QueuedJob } from 'latentbrush/studio';
import { useEffect, useId, useState } from 'react';
import { fileAddress } from '../api/addresses.ts';
import { Slider } from '../design/slider.tsx';
import { stepKind, stepsOf } from '../pictures/steps.ts';
import { useWords } from '../words/index.ts';
import './steps.css';

/** The pictures of a job; one is shown. */
export interface Steps {
  readonly files: readonly string[];
  /** Place of the shown one. */
  readonly at: number;
  /** The shown one; undefined before there is any. */
  readonly file: string | undefined;
  readonly show: (at: number) => void;
}

/** The pictures of a job that has ended, the result shown first. */
export function useSteps(job: QueuedJob | undefined): Steps {
  const [chosen, setChosen] = useState<{ readonly job: string; readonly at: number }>();
  const files = job === undefined ? [] : stepsOf(job);
  const last = files.length - 1;
  const at = chosen !== undefined && chosen.job === job?.id ? Math.min(chosen.at, last) : last;
  return {
    files,
    at,
    file: files[at],
    show: (next) => {
      if (job !== undefined) setChosen({ job: job.id, at: next });
    },
  };
}

/** Moves through the pictures of a job after each octave or round; empty for jobs with one picture. */
export function StepSlider({ job, steps }: { readonly job: QueuedJob; readonly steps: Steps }) {
  const { say } = useWords();
  const id = useId();
  const { files, at, show } = steps;
  const kind = stepKind(job.job);
  const addresses = files.map((file) => fileAddress(job.id, file)).join(' ');
  useEffect(() => {
    // Loaded before they are shown: a hand on the slider does not wait.
    for (const address of addresses.split(' ')) new Image().src = address;
  }, [addresses]);
  if (kind === undefined || files.length < 2) return null;
  const isStopped = job.state !== 'done' && at === files.length - 1;
  const total = job.state === 'done' ? files.length : files.length - 1;
  const words = isStopped ? say('steps.stopped') : say(`steps.${kind}`, { at: at + 1, total });
  return (
    <div className="steps">
      <label htmlFor={id}>{say(`steps.${kind}.label`)}</label>
      <Slider id={id} min={0} max={files.length - 1} step={1} value={at} valueText={words} onChange={show} />
      <output htmlFor={id}>{words}</output>
    </div>
  );
}
