import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { fileAddress } from '../../api/addresses.ts';
import { isVideo, type MadePicture } from '../../pictures/made.ts';
import { jobTitle } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';

interface PictureGridProps {
  readonly pictures: readonly MadePicture[];
  /** Index of the focusable picture. */
  readonly focused: number;
  readonly onOpen: (picture: MadePicture) => void;
  readonly onDelete: (picture: MadePicture) => void;
}

/** Smallest width of a picture, and the gap between two, in pixels. */
const LEAST = 200;
const LEAST_NARROW = 140;
const SPACE = 12;
/** Height of the top bar, with some space below it. */
const BAR = 72;

/** Pictures in rows; only those near the window are rendered. The arrow keys move between them. */
export function PictureGrid({ pictures, focused, onOpen, onDelete }: PictureGridProps) {
  const { say, language } = useWords();
  const list = useRef<HTMLDivElement>(null);
  const [{ width, top }, setPlace] = useState({ width: 0, top: 0 });
  const [at, setAt] = useState(focused);
  const now = Math.min(at, pictures.length - 1);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const measure = (): void => setPlace({ width: element.clientWidth, top: element.offsetTop });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = Math.max(2, Math.floor((width + SPACE) / ((width < 600 ? LEAST_NARROW : LEAST) + SPACE)));
  const side = (width - SPACE * (columns - 1)) / columns;
  const rows = useWindowVirtualizer({
    count: Math.ceil(pictures.length / columns),
    estimateSize: () => side + SPACE,
    overscan: 3,
    scrollMargin: top,
    scrollPaddingStart: BAR,
    scrollPaddingEnd: SPACE,
  });
  useLayoutEffect(() => rows.measure(), [rows, side]);

  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -pictures.length,
      End: pictures.length,
    };
    const step = steps[event.key];
    const picture = pictures[now];
    if (event.key === 'Delete' && picture !== undefined) onDelete(picture);
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(pictures.length - 1, Math.max(0, now + step));
    setAt(next);
    rows.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus({ preventScroll: true }),
    );
  };

  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <div
      ref={list}
      className="grid"
      role="list"
      aria-label={say('gallery.title')}
      onKeyDown={move}
      style={{ height: rows.getTotalSize() }}
    >
      {width > 0 &&
        rows.getVirtualItems().map((row) =>
          pictures.slice(row.index * columns, (row.index + 1) * columns).map((picture, column) => {
            const place = row.index * columns + column;
            const { job, file } = picture;
            return (
              <div
                key={`${job.id}:${file}`}
                role="listitem"
                className="grid-item"
                style={{
                  width: side,
                  height: side,
                  transform: `translate(${column * (side + SPACE)}px, ${row.start - top}px)`,
                }}
              >
                <button
                  type="button"
                  className="grid-picture"
                  data-place={place}
                  tabIndex={place === now ? 0 : -1}
                  aria-label={say('gallery.open', {
                    name: `${jobTitle(job, say)}, ${dates.format(job.created)}`,
                  })}
                  onFocus={() => setAt(place)}
                  onClick={() => onOpen(picture)}
                >
                  {isVideo(file) ? (
                    <video src={fileAddress(job.id, file)} preload="metadata" muted />
                  ) : (
                    <img src={fileAddress(job.id, file, 320)} alt="" />
                  )}
                  <span className="grid-name" aria-hidden="true">
                    {jobTitle(job, say)}
                  </span>
                </button>
              </div>
            );
          }),
        )}
    </div>
  );
}
