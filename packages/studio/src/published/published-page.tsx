import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { PublishedSite } from 'latentbrush/studio';
import { lazy, Suspense, use } from 'react';
import { RunSourceContext } from '../api/run-source.ts';
import { Notices } from '../design/notices.tsx';
import '../live/live.css';
import { BrokenPage } from '../shell/broken-page.tsx';
import { LookChoices } from '../shell/look-choices.tsx';
import '../shell/shell.css';
import { useWords } from '../words/index.ts';
import './published.css';
import { sourceOf } from './site.ts';

const Explorer = lazy(async () => ({ default: (await import('../pages/explore/explorer.tsx')).Explorer }));
const Easel = lazy(async () => ({ default: (await import('../pages/live/easel.tsx')).Easel }));
const Desk = lazy(async () => ({ default: (await import('../pages/write/desk.tsx')).Desk }));

const PLAYS = { vae: Explorer, gan: Explorer, text: Desk, style: Easel };

const ABOUT = {
  vae: 'explore.about',
  gan: 'explore.about',
  text: 'write.about',
  style: 'easel.about',
} as const;

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });

/** A page with one model in it, from a static host. */
export function PublishedPage({ site }: { readonly site: Promise<PublishedSite> }) {
  const { say } = useWords();
  return (
    <QueryClientProvider client={queries}>
      <Notices>
        <BrokenPage>
          <Suspense fallback={<p className="published-wait">{say('app.loading')}</p>}>
            <Content site={site} />
          </Suspense>
        </BrokenPage>
      </Notices>
    </QueryClientProvider>
  );
}

function Content({ site: promised }: { readonly site: Promise<PublishedSite> }) {
  const { say } = useWords();
  const site = use(promised);
  const { title, about, licence, facts } = site;
  const Play = PLAYS[facts.system];
  return (
    <RunSourceContext value={sourceOf(site)}>
      <header className="bar published-bar">
        <span className="bar-name">
          <img src="icon.svg" alt="" width={26} height={26} />
          <span>{say('app.name')}</span>
        </span>
        <div className="bar-tools">
          <LookChoices />
        </div>
      </header>
      <main className="content">
        <div className="page-head">
          <div className="live-title">
            <h1>{title}</h1>
            <p className="soft">{about || say(ABOUT[facts.system])}</p>
          </div>
        </div>
        <Play run={title} />
        <footer className="published-foot soft small">
          <p>{say('published.private')}</p>
          {licence !== '' && <p>{say('published.licence', { licence })}</p>}
          <p>
            {say('published.made', { version: site.latentbrush })}{' '}
            <a href="NOTICE.txt">{say('published.notice')}</a>
          </p>
        </footer>
      </main>
    </RunSourceContext>
  );
}
