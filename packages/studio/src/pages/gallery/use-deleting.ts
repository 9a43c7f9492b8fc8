import { useRemoveJob, useRestoreJob } from '../../api/queries.ts';
import { useNotice } from '../../design/notices.tsx';
import type { MadePicture } from '../../pictures/made.ts';
import { errorSentence, jobTitle } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';

/** Moves a picture and its job into the trash, and offers to undo that. */
export function useDeleting(): (picture: MadePicture) => void {
  const { say, language } = useWords();
  const notice = useNotice();
  const remove = useRemoveJob();
  const restore = useRestoreJob();
  const fail = (error: Error, job: string): void =>
    notice({ text: errorSentence(error, job, say, language) });
  return ({ job }) =>
    remove.mutate(job.id, {
      onError: (error) => fail(error, job.job),
      onSuccess: () =>
        notice({
          text: `${say('gallery.deleted')}: ${jobTitle(job, say)}`,
          action: {
            label: say('gallery.undo'),
            run: () => restore.mutate(job.id, { onError: (error) => fail(error, job.job) }),
          },
        }),
    });
}
