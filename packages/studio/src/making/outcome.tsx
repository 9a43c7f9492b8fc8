import { fileAddress } from '../api/addresses.ts';
import { useNotice } from '../design/notices.tsx';
import { Button, buttonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import type { PictureReference } from '../pictures/chosen.ts';
import { sentence } from '../queue/job-words.ts';
import { useWords } from '../words/index.ts';
import type { JobPage } from './use-job-page.ts';

interface OutcomeProps {
  readonly page: JobPage;
  /** The shown picture of the job; undefined before there is one. */
  readonly file: string | undefined;
  /** The command line with the same effect; undefined if something is missing. */
  readonly command: string | undefined;
  readonly onUseAgain: (picture: PictureReference) => void;
}

/** Actions on the result of a job, and its messages. */
export function Outcome({ page, file, command, onUseAgain }: OutcomeProps) {
  const { say, language } = useWords();
  const notice = useNotice();
  const { job, news, isActive } = page;
  const state = job?.state;
  return (
    <div className="outcome">
      {state === 'cancelled' && (
        <p className="soft small">{say(file === undefined ? 'run.cancelled.nothing' : 'run.cancelled')}</p>
      )}
      {state === 'interrupted' && <p className="soft small">{say('run.interrupted')}</p>}
      <div className="row">
        {file !== undefined && job !== undefined && (
          <>
            <a className={buttonClass()} href={fileAddress(job.id, file)} download={file.split('/').at(-1)}>
              <Icon name="download" />
              {say('result.download')}
            </a>
            <Button icon="again" onClick={() => onUseAgain({ job: job.id, file })}>
              {say('result.again')}
            </Button>
          </>
        )}
        {command !== undefined && (
          <Button
            icon="copy"
            look="quiet"
            title={command}
            onClick={() => {
              void navigator.clipboard.writeText(command).then(() => notice({ text: say('result.copied') }));
            }}
          >
            {say('result.command')}
          </Button>
        )}
      </div>
      {!isActive && news.messages.length > 0 && (
        <details className="soft small">
          <summary>{say('result.notes', { count: news.messages.length })}</summary>
          {news.messages.map(({ number, words }) => (
            <p key={number}>{sentence(words, job?.job ?? '', language)}</p>
          ))}
        </details>
      )}
    </div>
  );
}
