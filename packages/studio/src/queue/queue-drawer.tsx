import type { QueuedJob } from 'latentbrush/studio';
import { Link } from 'wouter';
import { hasEnded, useProgress } from '../api/events.ts';
import { useCancelJob, useJobs } from '../api/queries.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { Progress } from '../design/progress.tsx';
import { useWords, type WordKey } from '../words/index.ts';
import { jobTitle, sentence } from './job-words.ts';
import { placeOfJob } from './place-of-job.ts';
import './queue.css';
import { remaining } from './remaining.ts';

/** Number of ended jobs in the drawer. */
const SHOWN_ENDED = 8;

/** Running and waiting jobs, and the latest ended ones. */
export function QueueDrawer({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { say } = useWords();
  const jobs = useJobs().data ?? [];
  const active = jobs.filter(({ state }) => !hasEnded(state)).reverse(); // in the order of their turns
  const ended = jobs.filter(({ state }) => hasEnded(state)).slice(0, SHOWN_ENDED);
  return (
    <Dialog
      open={open}
      title={say('queue.title')}
      closeWord={say('app.close')}
      onClose={onClose}
      className="drawer"
    >
      {active.length === 0 && <EmptyState title={say('queue.empty')} help={say('queue.empty.help')} />}
      <ul className="queue">
        {active.map((job) => (
          <ActiveJob key={job.id} job={job} onOpen={onClose} />
        ))}
      </ul>
      {ended.length > 0 && (
        <>
          <h3 className="queue-head">{say('queue.ended')}</h3>
          <ul className="queue">
            {ended.map((job) => (
              <EndedJob key={job.id} job={job} onOpen={onClose} />
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

interface JobProps {
  readonly job: QueuedJob;
  readonly onOpen: () => void;
}

function ActiveJob({ job, onOpen }: JobProps) {
  const { say } = useWords();
  const progress = useProgress(job.id);
  const cancel = useCancelJob();
  const share = progress === undefined ? undefined : progress.done / progress.total;
  return (
    <li className="queue-job">
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
    </li>
  );
}

function EndedJob({ job, onOpen }: JobProps) {
  const { say, language } = useWords();
  const key = `queue.state.${job.state}` as WordKey;
  return (
    <li className="queue-job">
      <div className="queue-line">
        <span>{jobTitle(job, say)}</span>
        <span className="soft small">{say(key)}</span>
        <JobLink job={job} onOpen={onOpen} />
      </div>
      {job.error !== undefined && <ErrorLine>{sentence(job.error, job.job, language)}</ErrorLine>}
    </li>
  );
}

function JobLink({ job, onOpen }: JobProps) {
  const { say } = useWords();
  const place = placeOfJob(job);
  if (place === undefined) return null;
  return (
    <Link className={buttonClass('quiet', true)} href={place} onClick={onOpen}>
      {say('queue.show')}
    </Link>
  );
}
