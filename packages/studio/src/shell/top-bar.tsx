import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { hasEnded } from '../api/events.ts';
import { useJobs } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { useTheme, type Theme } from '../design/theme.ts';
import { QueueDrawer } from '../queue/queue-drawer.tsx';
import { chooseLanguage, LANGUAGES, useWords, type Language, type WordKey } from '../words/index.ts';

interface TopBarProps {
  readonly pages: readonly { readonly path: string; readonly title: WordKey }[];
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The name, the pages, the queue, and the choice of language and colours. */
export function TopBar({ pages }: TopBarProps) {
  const { say, language } = useWords();
  const [place] = useLocation();
  const [theme, chooseTheme] = useTheme();
  const [isQueueOpen, openQueue] = useState(false);
  const active = (useJobs().data ?? []).filter(({ state }) => !hasEnded(state)).length;
  return (
    <header className="bar">
      <Link className="bar-name" href="/" aria-label={say('app.name')}>
        <img src="/icon.svg" alt="" width={26} height={26} />
        <span>{say('app.name')}</span>
      </Link>
      <nav className="bar-pages" aria-label={say('app.pages')}>
        {pages.map(({ path, title }) => (
          <Link key={path} href={path} aria-current={isAt(place, path) ? 'page' : undefined}>
            {say(title)}
          </Link>
        ))}
      </nav>
      <div className="bar-tools">
        <select
          className="bar-select"
          aria-label={say('app.language')}
          value={language}
          onChange={(event) => void chooseLanguage(event.target.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([value, name]) => (
            <option key={value} value={value} lang={value}>
              {name}
            </option>
          ))}
        </select>
        <select
          className="bar-select bar-theme"
          aria-label={say('app.theme')}
          value={theme}
          onChange={(event) => chooseTheme(event.target.value as Theme)}
        >
          {THEMES.map((value) => (
            <option key={value} value={value}>
              {say(`app.theme.${value}`)}
            </option>
          ))}
        </select>
        <Button
          look="quiet"
          icon="queue"
          className="bar-queue"
          aria-label={say('queue.open', { count: active })}
          onClick={() => openQueue(true)}
        >
          {active > 0 && <span className="bar-count">{active}</span>}
        </Button>
      </div>
      <QueueDrawer open={isQueueOpen} onClose={() => openQueue(false)} />
    </header>
  );
}

function isAt(place: string, path: string): boolean {
  return path === '/' ? place === '/' : place === path || place.startsWith(`${path}/`);
}
