import type { JobFailure } from 'latentbrush/studio';
import { ServerError } from '../../api/client.ts';
import { useEstimate, type MeasuredJob } from '../../api/estimates.ts';
import { Icon } from '../../design/icon.tsx';
import { sentence } from '../../queue/job-words.ts';
import { durationWords } from '../../words/duration.ts';
import { useWords } from '../../words/index.ts';
import { memoryWords } from './need-words.ts';

interface EstimateLineProps {
  readonly request: MeasuredJob;
}

function failureOf(error: Error): JobFailure {
  return { error: error instanceof ServerError ? error.words : [] };
}

/** How long a training takes and how much memory it needs, before it starts. */
export function EstimateLine({ request }: EstimateLineProps) {
  const { say, language } = useWords();
  const { data, error, isFetching } = useEstimate(request);
  const failure =
    error !== null ? failureOf(error) : data !== undefined && 'error' in data ? data : undefined;
  if (failure !== undefined) {
    const why =
      failure.code === 'not-downloaded'
        ? say('need.downloaded')
        : sentence(failure.error, request.job, language);
    return (
      <p className="field-help train-need" role="status">
        {why === '' ? say('need.unknown') : why}
      </p>
    );
  }
  if (data === undefined || 'error' in data)
    return (
      <p className="field-help train-need" role="status">
        {isFetching && say('need.measuring')}
      </p>
    );
  const { seconds, steps, memory, free, isBusy } = data;
  const isTooMuch = steps > 0 && memory > free;
  return (
    <div className="train-need" role="status" aria-busy={isFetching}>
      <p className={isFetching ? 'soft' : undefined}>
        {steps === 0
          ? say('need.nothing')
          : say('need.both', { time: durationWords(seconds, say), memory: memoryWords(memory, say) })}
        {isBusy && <span className="soft small"> {say('need.busy')}</span>}
      </p>
      {isTooMuch && (
        <p className="error-line">
          <Icon name="warning" />
          <span>{say('need.tooMuch', { free: memoryWords(free, say) })}</span>
        </p>
      )}
    </div>
  );
}
