import { useId, useState } from 'react';
import { usePublish, type PageText } from '../api/runs.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { Field } from '../design/field.tsx';
import { errorSentence } from '../queue/job-words.ts';
import { useWords } from '../words/index.ts';

/** The user's texts for the page. */
const FIELDS = ['title', 'about', 'licence'] as const;

/** Opens a form that writes a page with the model of a run in it, for any web host. */
export function PublishButton({ run, title }: { readonly run: string; readonly title: string }) {
  const { say, language } = useWords();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState<PageText>({ title, about: '', licence: '' });
  const publish = usePublish(run);
  return (
    <>
      <Button icon="upload" onClick={() => setOpen(true)}>
        {say('publish.open')}
      </Button>
      <Dialog
        open={isOpen}
        title={say('publish.title')}
        closeWord={say('app.close')}
        onClose={() => {
          setOpen(false);
          publish.reset();
        }}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            publish.mutate(said);
          }}
        >
          <p className="soft">{say('publish.about')}</p>
          {FIELDS.map((field) => (
            <Field
              key={field}
              id={`${id}-${field}`}
              label={say(`publish.${field}Field`)}
              help={say(`publish.${field}Help`)}
            >
              <input
                id={`${id}-${field}`}
                className="input"
                aria-describedby={`${id}-${field}-help`}
                required={field === 'title'}
                maxLength={field === 'about' ? 600 : 120}
                value={said[field]}
                onChange={(event) => setSaid({ ...said, [field]: event.target.value })}
              />
            </Field>
          ))}
          <Button
            look={publish.data === undefined ? 'main' : 'plain'}
            type="submit"
            disabled={publish.isPending}
          >
            {say(publish.isPending ? 'publish.working' : 'publish.do')}
          </Button>
          {publish.error !== null && <ErrorLine>{errorSentence(publish.error, '', say, language)}</ErrorLine>}
          {publish.data !== undefined && (
            <div role="status" className="stack">
              <p>{say('publish.done')}</p>
              <code className="published-folder">{publish.data.folder}</code>
              <a className={buttonClass('main')} href={publish.data.address} target="_blank" rel="noopener">
                {say('publish.look')}
              </a>
              <p className="field-help">{say('publish.next')}</p>
            </div>
          )}
        </form>
      </Dialog>
    </>
  );
}
