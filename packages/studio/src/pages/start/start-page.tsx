import { Link, useLocation } from 'wouter';
import { Icon } from '../../design/icon.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { asText } from '../../pictures/chosen.ts';
import { useAdding, usePageDrops } from '../../pictures/use-adding.ts';
import { errorSentence, type System } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import adversaries from './cards/adversaries.webp';
import dream from './cards/dream.webp';
import latent from './cards/latent.webp';
import style from './cards/style.webp';
import { PlayAtOnce } from './play-at-once.tsx';
import { Recent } from './recent.tsx';
import './start.css';

interface Card {
  readonly system: System;
  /** A picture of the system; a text system has none. */
  readonly picture?: string;
  /** The page of the system, if there is one. */
  readonly path?: string;
  readonly command: string;
}

const CARDS: readonly Card[] = [
  { system: 'dream', picture: dream, path: '/go/dream', command: 'latentbrush dream' },
  { system: 'style', picture: style, path: '/go/style', command: 'latentbrush style' },
  { system: 'vae', picture: latent, path: '/go/explore', command: 'latentbrush vae' },
  {
    system: 'gan',
    picture: adversaries,
    path: '/go/explore?run=pretrained%3Afaces-gan',
    command: 'latentbrush gan',
  },
  { system: 'text', path: '/go/write', command: 'latentbrush text' },
];

/** The first page: the systems, with links to their pages. */
export function StartPage() {
  const { say, language } = useWords();
  const [, navigate] = useLocation();
  const adding = useAdding((picture, recipe) =>
    navigate(`/go/dream?input=${encodeURIComponent(asText(picture))}`, { state: { recipe } }),
  );
  usePageDrops(adding.add);
  return (
    <>
      <div className="start-head">
        <h1>{say('start.title')}</h1>
        <p className="soft">
          {say('start.about')} {say(adding.isAdding ? 'picture.adding' : 'start.drop')}.
        </p>
        {adding.error !== null && <ErrorLine>{errorSentence(adding.error, '', say, language)}</ErrorLine>}
      </div>
      <PlayAtOnce />
      <ul className="cards">
        {CARDS.map((card) => (
          <SystemCard key={card.system} {...card} />
        ))}
      </ul>
      <Recent />
    </>
  );
}

function SystemCard({ system, picture, path, command }: Card) {
  const { say } = useWords();
  return (
    <li className={`card card-${system}`}>
      {picture === undefined ? <Written /> : <img className="card-picture" src={picture} alt="" />}
      <div className="card-words">
        <h2>
          {path === undefined ? say(`system.${system}`) : <Link href={path}>{say(`system.${system}`)}</Link>}
        </h2>
        <p>{say(`system.${system}.about`)}</p>
        <ul className="card-does">
          <li>
            <Icon name="check" />
            {say(`system.${system}.do.1`)}
          </li>
          <li>
            <Icon name="check" />
            {say(`system.${system}.do.2`)}
          </li>
        </ul>
        {path === undefined && <p className="soft small">{say('start.soon', { command })}</p>}
      </div>
    </li>
  );
}

/** The text of a language model after the first words: the one of the quick start, after minutes of Moby Dick. */
function Written() {
  return (
    <p className="card-picture card-text" lang="en" aria-hidden="true">
      <b>the white whale</b> in the boat he seemed to the sound whale in the sight of the sperm whale was
    </p>
  );
}
