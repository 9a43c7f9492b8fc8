import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ESTIMATES } from '../../api/estimates.ts';
import { useAddJob } from '../../api/queries.ts';
import type { RunEntry } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { errorSentence } from '../../queue/job-words.ts';
import type { TrainedSystem } from '../../queue/trained-systems.ts';
import { useWords } from '../../words/index.ts';
import { EstimateLine } from './estimate-line.tsx';
import { TRAININGS } from './trainings.ts';

interface ResumeFormProps {
  readonly name: string;
  readonly system: TrainedSystem;
  /** The options of its latest training. */
  readonly options: RunEntry['options'];
  /** Whether it was trained for the full length. */
  readonly isTrained: boolean;
  readonly onStarted: (job: string) => void;
}

/** Trains a run further, up to a total length. */
export function ResumeForm({ name, system, options, isTrained, onStarted }: ResumeFormProps) {
  const { say, language } = useWords();
  const id = useId();
  const { length } = TRAININGS[system];
  const asked = Number(options[length] ?? 1);
  const [total, setTotal] = useState(isTrained ? 2 * asked : asked);
  const add = useAddJob();
  const queries = useQueryClient();
  const job = `${system}.resume`;
  const isWhole = Number.isInteger(total) && total > 0;
  const continuation = { job, inputs: {}, options: { [length]: total }, run: name };
  return (
    <form
      className="row train-resume"
      onSubmit={(event) => {
        event.preventDefault();
        void queries.cancelQueries({ queryKey: ESTIMATES }); // the training needs the processors
        add.mutate(continuation, { onSuccess: (added) => onStarted(added.id) });
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
      <Button small type="submit" disabled={add.isPending || !isWhole}>
        {say('train.resume')}
      </Button>
      {isWhole && <EstimateLine request={continuation} />}
      {add.error !== null && <ErrorLine>{errorSentence(add.error, job, say, language)}</ErrorLine>}
    </form>
  );
}
