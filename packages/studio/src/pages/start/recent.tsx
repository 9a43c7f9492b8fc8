import { Link } from 'wouter';
import { fileAddress } from '../../api/addresses.ts';
import { useJobs } from '../../api/queries.ts';
import { isVideo, madePictures } from '../../pictures/made.ts';
import { jobTitle } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';

const SHOWN = 8;

/** The latest results; empty at first. */
export function Recent() {
  const { say } = useWords();
  const made = madePictures(useJobs().data ?? []).filter(({ file }) => !isVideo(file));
  if (made.length === 0) return null;
  return (
    <section className="recent" aria-label={say('start.recent')}>
      <div className="page-head">
        <h2>{say('start.recent')}</h2>
        <Link href="/go/gallery">{say('start.recent.all')}</Link>
      </div>
      <ul className="recent-row">
        {made.slice(0, SHOWN).map(({ job, file }) => (
          <li key={`${job.id}:${file}`}>
            <Link
              href={`/go/gallery?open=${encodeURIComponent(`${job.id}:${file}`)}`}
              aria-label={say('gallery.open', { name: jobTitle(job, say) })}
            >
              <img src={fileAddress(job.id, file, 320)} alt="" loading="lazy" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
