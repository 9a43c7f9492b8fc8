import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useJobs } from '../../api/queries.ts';
import { buttonClass } from '../../design/button.tsx';
import { Choices } from '../../design/choices.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { madePictures, type MadePicture } from '../../pictures/made.ts';
import { systemOf, type System } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import './gallery.css';
import { PictureGrid } from './picture-grid.tsx';
import { useDeleting } from './use-deleting.ts';
import { Viewer } from './viewer.tsx';

/** All pictures and animations, newest first. */
export function GalleryPage() {
  const { say } = useWords();
  const [params, setParams] = useSearchParams();
  const { data: jobs } = useJobs();
  const remove = useDeleting();
  const all = madePictures(jobs ?? []);
  const systems = [...new Set(all.map(({ job }) => systemOf(job.job)))].filter((one) => one !== undefined);
  const wanted = systems.find((system) => system === params.get('by'));
  const shown = wanted === undefined ? all : all.filter(({ job }) => systemOf(job.job) === wanted);
  const open = params.get('open');
  const place = shown.findIndex((picture) => keyOf(picture) === open);
  const [last, setLast] = useState(0);
  useEffect(() => {
    if (place >= 0) setLast(place);
  }, [place]);

  const show = (picture: MadePicture | undefined): void => {
    setParams(
      (now) => {
        if (picture === undefined) {
          now.delete('open');
          now.delete('with');
        } else now.set('open', keyOf(picture));
        return now;
      },
      { replace: open !== null },
    );
  };
  const compare = (picture: MadePicture | undefined): void => {
    setParams(
      (now) => {
        if (picture === undefined) now.delete('with');
        else now.set('with', keyOf(picture));
        return now;
      },
      { replace: true },
    );
  };
  const filter = (system: System | 'all'): void => {
    setParams((now) => {
      if (system === 'all') now.delete('by');
      else now.set('by', system);
      return now;
    });
  };

  if (jobs === undefined) return <h1 className="gallery-title">{say('gallery.title')}</h1>;
  return (
    <>
      <div className="page-head">
        <h1 className="gallery-title">{say('gallery.title')}</h1>
        {all.length > 0 && <p className="soft small">{say('gallery.count', { count: shown.length })}</p>}
      </div>
      {all.length === 0 ? (
        <EmptyState title={say('gallery.empty')} help={say('gallery.empty.help')}>
          <Link className={buttonClass('main')} href="/go/dream?input=example:cat">
            {say('gallery.empty.start')}
          </Link>
        </EmptyState>
      ) : (
        <>
          {systems.length > 1 && (
            <div className="gallery-filter">
              <Choices
                label={say('gallery.filter')}
                value={wanted ?? 'all'}
                options={[
                  { value: 'all', label: say('gallery.filter.all') },
                  ...systems.map((system) => ({ value: system, label: say(`system.${system}`) })),
                ]}
                onChange={filter}
              />
            </div>
          )}
          <PictureGrid pictures={shown} focused={last} onOpen={show} onDelete={remove} />
        </>
      )}
      <Viewer
        picture={shown[place]}
        previous={shown[place - 1]}
        next={place < 0 ? undefined : shown[place + 1]}
        other={all.find((picture) => keyOf(picture) === params.get('with'))}
        pictures={all}
        onCompare={compare}
        onShow={show}
        onDelete={(picture) => {
          show(shown[place + 1] ?? shown[place - 1]);
          remove(picture);
        }}
      />
    </>
  );
}

/** The name of a picture in the address. */
function keyOf({ job, file }: MadePicture): string {
  return `${job.id}:${file}`;
}
