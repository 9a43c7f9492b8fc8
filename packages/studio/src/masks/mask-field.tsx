import { useState } from 'react';
import { pictureAddress } from '../api/addresses.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import type { PictureReference } from '../pictures/chosen.ts';
import { useAdding } from '../pictures/use-adding.ts';
import { errorSentence } from '../queue/job-words.ts';
import { useWords } from '../words/index.ts';
import { MaskEditor } from './mask-editor.tsx';
import './masks.css';

interface MaskFieldProps {
  /** The picture below the mask. */
  readonly picture: PictureReference;
  readonly mask: PictureReference | undefined;
  readonly words: { readonly title: string; readonly help: string };
  /** Is called with the drawn mask; undefined takes it away. */
  readonly onChoose: (mask: PictureReference | undefined) => void;
}

/** The part of a picture that a job changes: all of it, or a mask. */
export function MaskField({ picture, mask, words, onChoose }: MaskFieldProps) {
  const { say, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const adding = useAdding((drawn) => {
    setOpen(false);
    onChoose(drawn);
  });
  const below = pictureAddress(picture);
  const marks = mask === undefined ? undefined : pictureAddress(mask);
  return (
    <section className="field" aria-label={words.title}>
      <p className="field-label">{words.title}</p>
      <div className="row">
        {marks !== undefined && (
          <span className="mask-small">
            <img src={pictureAddress(picture, 256)} alt="" />
            <img src={marks} alt={say('mask.drawn')} />
          </span>
        )}
        <Button icon="brush" small onClick={() => setOpen(true)}>
          {say(mask === undefined ? 'mask.draw' : 'mask.change')}
        </Button>
        {mask !== undefined && (
          <Button look="quiet" small onClick={() => onChoose(undefined)}>
            {say('mask.remove')}
          </Button>
        )}
      </div>
      {mask === undefined && <p className="field-help">{say('mask.none')}</p>}
      <Dialog
        open={isOpen}
        title={words.title}
        closeWord={say('app.close')}
        className="mask-dialog"
        onClose={() => setOpen(false)}
      >
        {below !== undefined && (
          <MaskEditor
            picture={below}
            mask={marks}
            help={words.help}
            isSaving={adding.isAdding}
            onDone={(drawn) => {
              if (drawn !== undefined) adding.add([drawn]);
              else {
                setOpen(false);
                onChoose(undefined);
              }
            }}
          />
        )}
        {adding.error !== null && <ErrorLine>{errorSentence(adding.error, '', say, language)}</ErrorLine>}
      </Dialog>
    </section>
  );
}
