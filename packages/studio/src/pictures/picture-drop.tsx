import { useId, useRef, useState, type ReactNode } from 'react';
import { Button } from '../design/button.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { Icon } from '../design/icon.tsx';
import { errorSentence } from '../queue/job-words.ts';
import { useWords } from '../words/index.ts';
import type { Adding } from './use-adding.ts';

interface PictureDropProps {
  readonly title: string;
  readonly adding: Adding;
  /** Whether it has little space. */
  readonly compact?: boolean | undefined;
  /** More buttons for choosing. */
  readonly children?: ReactNode;
}

/** A field to drop a picture, or to choose its file. */
export function PictureDrop({ title, adding, compact = false, children }: PictureDropProps) {
  const { say, language } = useWords();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div
      className={`drop ${compact ? 'drop-compact' : ''} ${isOver ? 'drop-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        adding.add(event.dataTransfer.files);
      }}
    >
      {!compact && (
        <>
          <Icon name="picture" />
          <h2>{title}</h2>
          <p className="soft">{say('picture.drop')}</p>
        </>
      )}
      <input
        ref={input}
        id={id}
        className="unseen"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={title}
        onChange={(event) => {
          adding.add(event.target.files);
          event.target.value = ''; // so that the same file can be chosen again
        }}
      />
      <Button icon="upload" small={compact} disabled={adding.isAdding} onClick={() => input.current?.click()}>
        {adding.isAdding ? say('picture.adding') : compact ? title : say('picture.browse')}
      </Button>
      {!compact && <p className="soft small">{say('picture.types')}</p>}
      {adding.error !== null && <ErrorLine>{errorSentence(adding.error, '', say, language)}</ErrorLine>}
      {children}
    </div>
  );
}
