import { Link, useLocation } from 'wouter';
import { exampleAddress } from '../../api/addresses.ts';
import { Icon } from '../../design/icon.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { asText } from '../../pictures/chosen.ts';
import { useAdding, usePageDrops } from '../../pictures/use-adding.ts';
import { errorSentence, type System } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import { Recent } from './recent.tsx';
import './start.css';

interface Card {
  readonly system: System;
  /** The picture of the card, one of those that come with the package. */
  readonly example: string;
  /** The page of the system, where there is one. */
  readonly path?: string;
  readonly command: string;
}

const CARDS: readonly Card[] = [
  { system: 'dream', example: 'cat', path: '/go/dream', command: 'latentbrush dream' },
  { system: 'style', example: 'starry-night', path: '/go/style', command: 'latentbrush style' },
  { system: 'vae', example: 'nagasaki-boats', path: '/go/explore', command: 'latentbrush vae' },
  { system: 'gan', example: 'allium-oreophilum', path: '/go/train?system=gan', command: 'latentbrush gan' },
  { system: 'text', example: 'march-pastoral', path: '/go/write', command: 'latentbrush text' },
];

/** The first page: what there is, and the way into it. */
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
      <ul className="cards">
        {CARDS.map((card) => (
          <SystemCard key={card.system} {...card} />
        ))}
      </ul>
      <Recent />
    </>
  );
}

function SystemCard({ system, example, path, command }: Card) {
  const { say } = useWords();
  return (
    <li className={`card card-${system}`}>
      <img src={exampleAddress(example, 640)} alt="" loading="lazy" />
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
