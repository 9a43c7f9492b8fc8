import { fileAddress } from '../../api/addresses.ts';
import type { JobNews } from '../../api/events.ts';
import { useWords, type WordKey } from '../../words/index.ts';
import { NewestSlider, useNewest } from './newest-slider.tsx';
import { textsByStep, type TextsOfStep } from './text-samples.ts';
import { TextTable } from './text-table.tsx';

interface SamplesProps {
  readonly job: string;
  readonly samples: JobNews['samples'];
  /** Whether there will be no more. */
  readonly hasEnded: boolean;
}

/** Samples of a network in training: the newest, or the one at the slider. */
export function Samples({ job, samples, hasEnded }: SamplesProps) {
  const texts = textsByStep(samples);
  if (hasEnded && samples.length === 0) return null; // of a short training
  return texts.length > 0 ? <TextSamples steps={texts} /> : <PictureSamples job={job} samples={samples} />;
}

function TextSamples({ steps }: { readonly steps: readonly TextsOfStep[] }) {
  const { say } = useWords();
  return (
    <div className="stack train-part">
      <h3>{say('train.samples')}</h3>
      <TextTable steps={steps} />
    </div>
  );
}

function PictureSamples({ job, samples }: Omit<SamplesProps, 'hasEnded'>) {
  const { say } = useWords();
  const newest = useNewest(samples.length);
  const sample = samples[newest.index];
  const title =
    sample &&
    say('train.sample', { number: newest.index + 1, count: samples.length, step: sample.data.step });
  return (
    <div className="stack train-part">
      <div className="live-head">
        <h3>{say('train.samples')}</h3>
        <span className="soft small figure">{title}</span>
      </div>
      {sample === undefined ? (
        <p className="soft train-empty">{say('train.noSamples')}</p>
      ) : (
        <>
          <NewestSlider label={say('train.samples')} valueText={title} count={samples.length} {...newest} />
          <div className="train-pictures">
            {Object.entries(sample.pictures).map(([shows, file]) => (
              <figure key={shows}>
                <img src={fileAddress(job, file)} alt={say(`sample.${shows}` as WordKey)} />
                <figcaption className="soft small">{say(`sample.${shows}` as WordKey)}</figcaption>
              </figure>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
