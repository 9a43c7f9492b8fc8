import { Link } from 'wouter';
import { buttonClass } from '../../design/button.tsx';
import { useWords } from '../../words/index.ts';

/** The page for using a trained network. */
export function RunLinks({ system, name }: { readonly system: string; readonly name: string }) {
  const { say } = useWords();
  const run = encodeURIComponent(name);
  if (system === 'vae' || system === 'gan')
    return (
      <Link className={buttonClass('plain', true)} href={`/go/explore?run=${run}`}>
        {say('page.explore')}
      </Link>
    );
  if (system === 'style')
    return (
      <Link className={buttonClass('plain', true)} href={`/go/live?run=${run}`}>
        {say('page.live')}
      </Link>
    );
  if (system !== 'text') return null;
  return (
    <Link className={buttonClass('plain', true)} href={`/go/write?run=${run}`}>
      {say('page.write')}
    </Link>
  );
}
