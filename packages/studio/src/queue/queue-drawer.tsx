import type { QueuedJob } from 'latentbrush/studio';
import { hasEnded } from '../api/events.ts';
import { useJobs } from '../api/queries.ts';
import { Dialog } from '../design/dialog.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { useWords, type WordKey } from '../words/index.ts';
import { ActiveJobs } from './active-jobs.tsx';
import { JobLink } from './job-link.tsx';
import { jobTitle, sentence } from './job-words.ts';
import './queue.css';

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
      {active.length > 0 && <ActiveJobs jobs={active} onOpen={onClose} />}
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

function EndedJob({ job, onOpen }: { readonly job: QueuedJob; readonly onOpen: () => void }) {
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
