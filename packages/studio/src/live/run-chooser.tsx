import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useRuns, type RunEntry } from '../api/runs.ts';
import { buttonClass } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { useWords } from '../words/index.ts';
import './live.css';
import { PublishButton } from './publish-button.tsx';
import { RunSelect } from './run-select.tsx';
import { runTitle } from './run-title.ts';

interface RunChooserProps {
  readonly title: string;
  readonly about: string;
  /** The text when there is no run yet. */
  readonly none: { readonly title: string; readonly help: string };
  /** Systems whose runs can be chosen. */
  readonly systems: readonly string[];
  /** The content for the chosen run. */
  readonly children: (run: RunEntry) => ReactNode;
}

/**
 * The head of a page that uses a run, with the choice of the run: the one in the address, else the newest of the person's own, else one that
 * comes with Latentbrush.
 */
export function RunChooser({ title, about, none, systems, children }: RunChooserProps) {
  const { say } = useWords();
  const runs = useRuns(systems);
  const [search, setSearch] = useSearchParams();
  const chosen = runs?.find(({ name }) => name === search.get('run')) ?? runs?.[0];
  return (
    <>
      <div className="page-head">
        <div className="live-title">
          <h1>{title}</h1>
          <p className="soft">{about}</p>
        </div>
        {chosen !== undefined && (
          <div className="row live-choice">
            <label className="live-run">
              <span className="field-label">{say('live.choose')}</span>
              <RunSelect runs={runs ?? []} chosen={chosen} onChoose={(name) => setSearch({ run: name })} />
            </label>
            <PublishButton key={chosen.name} run={chosen.name} title={runTitle(chosen, say)} />
          </div>
        )}
      </div>
      {runs?.length === 0 && (
        <EmptyState title={none.title} help={none.help}>
          <Link className={buttonClass('main')} href={`/go/train?system=${systems[0] ?? 'vae'}`}>
            {say('live.train')}
          </Link>
        </EmptyState>
      )}
      {chosen !== undefined && children(chosen)}
    </>
  );
}
