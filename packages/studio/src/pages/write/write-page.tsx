import { RunChooser } from '../../live/run-chooser.tsx';
import { useWords } from '../../words/index.ts';
import { Desk } from './desk.tsx';

/** Write together with a language model. */
export function WritePage() {
  const { say } = useWords();
  return (
    <RunChooser
      title={say('write.title')}
      about={say('write.about')}
      none={{ title: say('write.none'), help: say('write.none.help') }}
      systems={['text']}
    >
      {({ name }) => <Desk key={name} run={name} />}
    </RunChooser>
  );
}
