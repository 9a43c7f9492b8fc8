import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Proposal } from '../../live/live-writer.ts';
import { useWords } from '../../words/index.ts';
import { edited, passagesOf, type Author, type Authored } from './authorship.ts';

interface EditorProps {
  readonly authored: Authored;
  readonly cursor: number;
  readonly proposals: readonly Proposal[];
  readonly onRef: (area: HTMLTextAreaElement | null) => void;
  readonly onChange: (authored: Authored, cursor: number) => void;
  readonly onCursor: (cursor: number) => void;
}

/** Set while a text of the network is inserted: for the browser this is like typing. */
const BY_NETWORK = 'data-by-network';

/**
 * Inserts a text of the network at the cursor, so that the browser can undo it.
 * @param area the text area of an {@link Editor}
 */
export function insert(area: HTMLTextAreaElement, text: string): void {
  area.focus();
  area.setAttribute(BY_NETWORK, '');
  // Deprecated, but nothing else keeps the undo of the browser.
  // oxlint-disable-next-line typescript/no-deprecated
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  area.removeAttribute(BY_NETWORK);
}

/**
 * A text area over a copy of its text: the copy shows the authors, and the first proposal at the cursor. Tab accepts the first proposal,
 * Alt and a digit any of them; after Esc, Tab leaves the field as usual.
 */
export function Editor({ authored, cursor, proposals, onRef, onChange, onCursor }: EditorProps) {
  const { say } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const leaves = useRef(false);
  useEffect(() => {
    onRef(area.current);
    area.current?.focus();
  }, [onRef]);

  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return; // Korean and other scripts compose a character from several keys
    const digit = event.altKey ? /^Digit([1-5])$/.exec(event.code)?.[1] : undefined;
    const isTab = event.key === 'Tab' && !event.shiftKey && !leaves.current;
    const taken = proposals[digit === undefined ? 0 : Number(digit) - 1];
    leaves.current = event.key === 'Escape';
    if ((!isTab && digit === undefined) || taken === undefined) return;
    event.preventDefault();
    insert(event.currentTarget, taken.text);
  };
  // A line break before it is allowed, since the text itself does not contain it.
  const ghost = cursor === authored.text.length ? proposals[0]?.text : undefined;
  return (
    <div className="editor">
      <div className="editor-copy" aria-hidden="true">
        {passagesOf(authored).map(({ author, text }, index) => (
          <span key={index} className={author === 'm' ? 'editor-model' : undefined}>
            {text}
          </span>
        ))}
        <wbr />
        <span className="editor-ghost">{ghost}</span>
        {'\n'}
      </div>
      <textarea
        ref={area}
        aria-label={say('write.editor')}
        spellCheck={false}
        value={authored.text}
        onKeyDown={onKey}
        onSelect={(event) => onCursor(event.currentTarget.selectionStart)}
        onChange={({ currentTarget, target }) => {
          const author: Author = target.hasAttribute(BY_NETWORK) ? 'm' : 'y';
          onChange(edited(authored, currentTarget.value, author), currentTarget.selectionStart);
        }}
      />
    </div>
  );
}
