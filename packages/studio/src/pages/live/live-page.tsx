import { RunChooser } from '../../live/run-chooser.tsx';
import { useWords } from '../../words/index.ts';
import { Easel } from './easel.tsx';

/** Paint the pictures of a camera or a video in a trained style, as they come. */
export function LivePage() {
  const { say } = useWords();
  return (
    <RunChooser
      title={say('easel.title')}
      about={say('easel.about')}
      none={{ title: say('easel.none'), help: say('easel.none.help') }}
      systems={['style']}
    >
      {({ name }) => <Easel key={name} run={name} />}
    </RunChooser>
  );
}
