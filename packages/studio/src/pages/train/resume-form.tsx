import { useId, useState } from 'react';
import { useAddJob } from '../../api/queries.ts';
import type { RunEntry } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { errorSentence } from '../../queue/job-words.ts';
import type { TrainedSystem } from '../../queue/trained-systems.ts';
import { useWords } from '../../words/index.ts';
import { TRAININGS } from './trainings.ts';

interface ResumeFormProps {
  readonly name: string;
  readonly system: TrainedSystem;
  /** The initial options of the run. */
  readonly options: RunEntry['options'];
  /** Whether it was trained for the full length. */
  readonly isWhole: boolean;
  readonly onStarted: (job: string) => void;
}

/** Trains a run further, up to a total length. */
export function ResumeForm({ name, system, options, isWhole, onStarted }: ResumeFormProps) {
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
