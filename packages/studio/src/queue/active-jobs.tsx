import { useVirtualizer } from '@tanstack/react-virtual';
import type { QueuedJob } from 'latentbrush/studio';
import { useLayoutEffect, useRef, useState } from 'react';
import { useProgress } from '../api/events.ts';
import { useCancelJob } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { Progress } from '../design/progress.tsx';
import { useWords } from '../words/index.ts';
import { JobLink } from './job-link.tsx';
import { jobTitle } from './job-words.ts';
import { remaining } from './remaining.ts';

interface ActiveJobsProps {
  /** Running jobs, then waiting ones in the order of their turns. */
  readonly jobs: readonly QueuedJob[];
  /** Called when the page of a job is opened. */
  readonly onOpen: () => void;
}

/** Usual height of a job, in pixels; each is measured when it is shown. */
const USUAL_HEIGHT = 89;

/** Running and waiting jobs; only those near the visible part of the dialog are rendered, since there can be a thousand. */
export function ActiveJobs({ jobs, onOpen }: ActiveJobsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => list.current?.closest('dialog') ?? null,
    getItemKey: (index) => jobs[index]!.id,
    estimateSize: () => USUAL_HEIGHT,
    overscan: 4,
    scrollMargin: top,
  });
  const shown = rows.getVirtualItems();
  const above = (shown[0]?.start ?? top) - top;
  const below = rows.getTotalSize() - ((shown.at(-1)?.end ?? top) - top);
  return (
    <ul ref={list} className="queue" style={{ paddingTop: above, paddingBottom: below }}>
      {shown.map(({ index, key }) => (
        <li
          key={key}
          ref={rows.measureElement}
          className="queue-job"
          data-index={index}
          aria-setsize={jobs.length}
          aria-posinset={index + 1}
        >
          <ActiveJob job={jobs[index]!} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}

function ActiveJob({ job, onOpen }: { readonly job: QueuedJob; readonly onOpen: () => void }) {
  const { say } = useWords();
  const progress = useProgress(job.id);
  const cancel = useCancelJob();
  const share = progress === undefined ? undefined : progress.done / progress.total;
  return (
    <>
      <div className="queue-line">
        <strong>{jobTitle(job, say)}</strong>
        <JobLink job={job} onOpen={onOpen} />
        <Button
          look="quiet"
          icon="close"
          aria-label={say('queue.cancel', { job: jobTitle(job, say) })}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        />
      </div>
      {job.state === 'queued' ? (
        <p className="soft small">{say('run.waiting')}</p>
      ) : (
        <Progress
          share={share}
          label={
            progress === undefined
              ? say('run.preparing')
              : say('run.progress', { done: Math.floor(progress.done), total: progress.total })
          }
          aside={share === undefined ? undefined : remaining(job.started, progress!.time, share, say)}
        />
      )}
    </>
  );
}
