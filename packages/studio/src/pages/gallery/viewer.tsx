import { useEffect } from 'react';
import { Link } from 'wouter';
import { fileAddress } from '../../api/addresses.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Icon } from '../../design/icon.tsx';
import { asText } from '../../pictures/chosen.ts';
import { Comparison } from './comparison.tsx';
import { StepSlider, useSteps } from '../../making/step-slider.tsx';
import { isVideo, type MadePicture } from '../../pictures/made.ts';
import { jobTitle } from '../../queue/job-words.ts';
import { placeOfJob } from '../../queue/place-of-job.ts';
import { useWords } from '../../words/index.ts';

interface ViewerProps {
  /** The shown picture; undefined closes the viewer. */
  readonly picture: MadePicture | undefined;
  readonly previous: MadePicture | undefined;
  readonly next: MadePicture | undefined;
  /** The picture to compare with, if one was chosen. */
  readonly other: MadePicture | undefined;
  /** All pictures that can be compared. */
  readonly pictures: readonly MadePicture[];
  /** Compares with a picture; undefined ends that. */
  readonly onCompare: (other: MadePicture | undefined) => void;
  readonly onShow: (picture: MadePicture | undefined) => void;
  readonly onDelete: (picture: MadePicture) => void;
}

/** A large picture with its actions. The arrow keys show the others. */
export function Viewer({
  picture,
  previous,
  next,
  other,
  pictures,
  onShow,
  onDelete,
  onCompare,
}: ViewerProps) {
  const { say, language } = useWords();
  useEffect(() => {
    if (picture === undefined) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement) return; // a slider has the arrow keys
      if (event.key === 'ArrowLeft' && previous !== undefined) onShow(previous);
      if (event.key === 'ArrowRight' && next !== undefined) onShow(next);
      if (event.key === 'Delete') onDelete(picture);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
  const steps = useSteps(picture?.job);
  const file = steps.files.length > 1 ? steps.file : picture?.file;
  const title = picture === undefined ? say('gallery.viewer') : jobTitle(picture.job, say);
  return (
    <Dialog
      open={picture !== undefined}
      title={title}
      closeWord={say('app.close')}
      className="viewer"
      onClose={() => onShow(undefined)}
    >
      {picture !== undefined && file !== undefined && (
        <>
          {other !== undefined && !isVideo(file) ? (
            <Comparison
              one={{ job: picture.job, file }}
              other={other}
              pictures={pictures}
              onChoose={onCompare}
            />
          ) : (
            <div className="viewer-stage">
              {isVideo(file) ? (
                <video src={fileAddress(picture.job.id, file)} controls loop autoPlay muted />
              ) : (
                <img src={fileAddress(picture.job.id, file)} alt={title} />
              )}
            </div>
          )}
          <StepSlider job={picture.job} steps={steps} />
          <div className="row">
            <Button
              small
              icon="previous"
              aria-label={say('gallery.previous')}
              disabled={previous === undefined}
              onClick={() => onShow(previous)}
            />
            <Button
              small
              icon="next"
              aria-label={say('gallery.next')}
              disabled={next === undefined}
              onClick={() => onShow(next)}
            />
            <span className="soft small viewer-date">
              {new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
                picture.job.created,
              )}
            </span>
            {!isVideo(file) && (next ?? previous) !== undefined && (
              <Button
                small
                icon="compare"
                aria-pressed={other !== undefined}
                onClick={() => onCompare(other === undefined ? (next ?? previous) : undefined)}
              >
                {say(other === undefined ? 'compare.start' : 'compare.end')}
              </Button>
            )}
            <Tools picture={{ job: picture.job, file }} />
            <Button small look="bad" icon="bin" onClick={() => onDelete(picture)}>
              {say('gallery.delete')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Tools({ picture: { job, file } }: { readonly picture: MadePicture }) {
  const { say } = useWords();
  const input = encodeURIComponent(asText({ job: job.id, file }));
  const place = placeOfJob(job);
  return (
    <>
      <a
        className={buttonClass('plain', true)}
        href={fileAddress(job.id, file)}
        download={file.split('/').at(-1)}
      >
        <Icon name="download" />
        {say('result.download')}
      </a>
      {!isVideo(file) && (
        <>
          <Link className={buttonClass('plain', true)} href={`/go/dream?input=${input}`}>
            <Icon name="eye" />
            {say('gallery.use.dream')}
          </Link>
          <Link className={buttonClass('plain', true)} href={`/go/style?input=${input}`}>
            <Icon name="brush" />
            {say('gallery.use.style')}
          </Link>
          <Link className={buttonClass('plain', true)} href={`/go/style?style=${input}`}>
            <Icon name="picture" />
            {say('gallery.use.painting')}
          </Link>
        </>
      )}
      {place !== undefined && (
        <Link className={buttonClass('plain', true)} href={place}>
          <Icon name="settings" />
          {say('gallery.settings')}
        </Link>
      )}
    </>
  );
}
