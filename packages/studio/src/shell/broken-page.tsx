import { Component, type ReactNode } from 'react';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { useWords } from '../words/index.ts';

/** Replaces a page that threw, so that the rest of the studio still works. */
export class BrokenPage extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    return this.state.isBroken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { say } = useWords();
  return (
    <EmptyState heading="h1" title={say('app.broken')} help={say('app.broken.help')}>
      <Button onClick={() => window.location.reload()}>{say('app.reload')}</Button>
    </EmptyState>
  );
}
