import { lazy, Suspense, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { hasEnded } from '../api/events.ts';
import { useJobs } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { useWords, type WordKey } from '../words/index.ts';
import { LookChoices } from './look-choices.tsx';

const QueueDrawer = lazy(async () => ({ default: (await import('../queue/queue-drawer.tsx')).QueueDrawer }));

interface TopBarProps {
  readonly pages: readonly { readonly path: string; readonly title?: WordKey }[];
}

/** The name, the pages, the queue, and the choice of language and colours. */
export function TopBar({ pages }: TopBarProps) {
  const { say } = useWords();
  const [place] = useLocation();
  const [isQueueOpen, openQueue] = useState<boolean>(); // undefined: never yet
  const active = (useJobs().data ?? []).filter(({ state }) => !hasEnded(state)).length;
  return (
    <header className="bar">
      <Link className="bar-name" href="/" aria-label={say('app.name')}>
        <img src="/icon.svg" alt="" width={26} height={26} />
        <span>{say('app.name')}</span>
      </Link>
      <nav className="bar-pages" aria-label={say('app.pages')}>
        {pages.map(
          ({ path, title }) =>
            title !== undefined && (
              <Link key={path} href={path} aria-current={isAt(place, path) ? 'page' : undefined}>
                {say(title)}
              </Link>
            ),
        )}
      </nav>
      <div className="bar-tools">
        <LookChoices />
        <Button
          look="quiet"
          icon="queue"
          aria-label={say('queue.open', { count: active })}
          onClick={() => openQueue(true)}
        >
          {active > 0 && <span className="bar-count">{active}</span>}
        </Button>
      </div>
      {isQueueOpen !== undefined && (
        <Suspense>
          <QueueDrawer open={isQueueOpen} onClose={() => openQueue(false)} />
        </Suspense>
      )}
    </header>
  );
}

/** Pages without a link of their own, and the link that leads to them. */
const BEHIND: Readonly<Record<string, string>> = { '/go/fast-style': '/go/style' };

function isAt(address: string, path: string): boolean {
  const place = BEHIND[address] ?? address;
  return path === '/' ? place === '/' : place === path || place.startsWith(`${path}/`);
}
