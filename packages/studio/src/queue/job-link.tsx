import type { QueuedJob } from 'latentbrush/studio';
import { Link } from 'wouter';
import { buttonClass } from '../design/button.tsx';
import { useWords } from '../words/index.ts';
import { placeOfJob } from './place-of-job.ts';

/** A link to the page of a job; nothing if it has none. */
export function JobLink({ job, onOpen }: { readonly job: QueuedJob; readonly onOpen: () => void }) {
  const { say } = useWords();
  const place = placeOfJob(job);
  if (place === undefined) return null;
  return (
    <Link className={buttonClass('quiet', true)} href={place} onClick={onOpen}>
      {say('queue.show')}
    </Link>
  );
}
