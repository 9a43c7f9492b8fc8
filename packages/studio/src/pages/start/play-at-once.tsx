import { Link } from 'wouter';
import { previewAddress, useRuns, type RunEntry } from '../../api/runs.ts';
import { pretrainedKey, runTitle } from '../../live/run-title.ts';
import { useWords } from '../../words/index.ts';

/** The page for playing with the runs of a system. */
const PLACES: Readonly<Record<string, string>> = {
  vae: '/go/explore',
  gan: '/go/explore',
  text: '/go/write',
  style: '/go/fast-style',
};

/** The networks that come with Latentbrush: the first thing to play with. Nothing where there are none. */
export function PlayAtOnce() {
  const { say } = useWords();
  const runs = useRuns(Object.keys(PLACES))?.filter(({ isPretrained }) => isPretrained);
  if (runs?.length === 0) return null;
  return (
    <section className="play" aria-label={say('pretrained.title')}>
      <div className="page-head">
        <h2>{say('pretrained.title')}</h2>
        <p className="soft small">{say('pretrained.about')}</p>
      </div>
      <ul className="play-row">
        {runs?.map((run) => (
          <Tile key={run.name} run={run} />
        ))}
      </ul>
    </section>
  );
}

function Tile({ run }: { readonly run: RunEntry }) {
  const { say } = useWords();
  const { name, system } = run;
  return (
    <li className={`play-tile play-${system}`}>
      {system === 'text' ? (
        <p className="play-picture play-line" lang="en" aria-hidden="true">
          Call me Ishmael.
        </p>
      ) : (
        <img className="play-picture" src={previewAddress(name, 400)} alt="" />
      )}
      <div className="play-words">
        <h3>
          <Link href={`${PLACES[system] ?? ''}?run=${encodeURIComponent(name)}`}>{runTitle(run, say)}</Link>
        </h3>
        <p className="soft small">{say(pretrainedKey(name, '.do'))}</p>
      </div>
    </li>
  );
}
