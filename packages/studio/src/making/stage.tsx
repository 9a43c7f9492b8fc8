import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { fileAddress, pictureAddress } from '../api/addresses.ts';
import { BeforeAfter } from '../design/before-after.tsx';
import { Progress } from '../design/progress.tsx';
import type { PictureReference } from '../pictures/chosen.ts';
import { remaining } from '../queue/remaining.ts';
import { useWords } from '../words/index.ts';
import type { JobPage } from './use-job-page.ts';

interface StageProps {
  readonly page: JobPage;
  /** The address of the shown picture of the job; undefined before there is one. */
  readonly result: string | undefined;
  /** The input picture of the job. */
  readonly picture: PictureReference | undefined;
  /** Shown without a chosen picture. */
  readonly empty: ReactNode;
}

/** The place of the picture: the chosen one, then the preview, then before and after. */
export function Stage({ page, result, picture, empty }: StageProps) {
  const { say } = useWords();
  const { job, news, isActive } = page;
  const before = picture === undefined ? undefined : pictureAddress(picture);
  const [aspect, setAspect] = useState(DEFAULT_ASPECT);
  const preview =
    (isActive || result !== undefined) && job !== undefined && news.preview !== undefined // until the result has loaded
      ? `${fileAddress(job.id, news.preview.file)}?of=${news.preview.number}`
      : undefined;
  if (before === undefined && result === undefined && !isActive)
    return <div className="stage stage-empty">{empty}</div>;
  const measure = ({
    currentTarget: { naturalWidth, naturalHeight },
  }: SyntheticEvent<HTMLImageElement>): void => {
    if (naturalHeight > 0) setAspect(naturalWidth / naturalHeight);
  };
  return (
    <div className="stage" aria-busy={isActive}>
      <div
        className="stage-frame"
        style={{ aspectRatio: String(aspect), width: `min(100%, calc(var(--stage) * ${aspect}))` }}
      >
        {before !== undefined && <img src={before} alt="" onLoad={measure} />}
        {preview !== undefined && <img src={preview} alt={isActive ? say('run.preview') : ''} />}
        {result !== undefined && before === undefined && (
          <img src={result} alt={say('result.after')} onLoad={measure} />
        )}
        {result !== undefined && before !== undefined && (
          <BeforeAfter
            key={job?.id}
            before={before}
            after={result}
            words={{
              before: say('result.before'),
              after: say('result.after'),
              compare: say('result.compare'),
            }}
          />
        )}
      </div>
    </div>
  );
}

/** For a picture of unknown size. */
const DEFAULT_ASPECT = 1.5;

/** Progress of a page's job; keeps its height when empty. */
export function RunProgress({ page: { job, news, isActive } }: { readonly page: JobPage }) {
  const { say } = useWords();
  if (!isActive || job === undefined) return null;
  const { progress } = news;
  if ((news.state?.state ?? job.state) === 'queued')
    return <Progress share={undefined} label={say('run.waiting')} />;
  if (progress === undefined) return <Progress share={undefined} label={say('run.preparing')} />;
  const share = progress.done / progress.total;
  return (
    <Progress
      share={share}
      label={say('run.progress', { done: progress.done, total: progress.total })}
      aside={remaining(job.started, progress.time, share, say)}
    />
  );
}
