import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useLiveJobs } from './api/events.ts';
import { ServerError } from './api/client.ts';
import { buttonClass } from './design/button.tsx';
import { EmptyState } from './design/empty-state.tsx';
import { Notices } from './design/notices.tsx';
import { pages } from './pages/index.ts';
import { BrokenPage } from './shell/broken-page.tsx';
import { ConnectionNotice } from './shell/connection-notice.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { useBeginAtTop } from './shell/use-begin-at-top.ts';
import './shell/shell.css';
import { useWords } from './words/index.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => count < 2 && !(error instanceof ServerError && error.status >= 400),
    },
  },
});

/** The whole page: the frame, with the page of the address. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Notices>
        <Shell />
      </Notices>
    </QueryClientProvider>
  );
}

function Shell() {
  const { say } = useWords();
  const [path] = useLocation();
  useLiveJobs();
  useBeginAtTop(path);
  return (
    <>
      <a className="skip" href="#content">
        {say('app.skip')}
      </a>
      <TopBar pages={pages} />
      <ConnectionNotice />
      <main className="content" id="content" tabIndex={-1}>
        <BrokenPage key={path}>
          <Suspense fallback={<p className="unseen">{say('app.loading')}</p>}>
            <Switch>
              {pages.map(({ path: place, component }) => (
                <Route key={place} path={place} component={component} />
              ))}
              <Route>
                <EmptyState heading="h1" title={say('app.notFound')} help={say('app.notFound.help')}>
                  <Link className={buttonClass()} href="/">
                    {say('page.start')}
                  </Link>
                </EmptyState>
              </Route>
            </Switch>
          </Suspense>
        </BrokenPage>
      </main>
    </>
  );
}
