import { RunChooser } from '../../live/run-chooser.tsx';
import { useWords } from '../../words/index.ts';
import { Explorer } from './explorer.tsx';

/** Walk through the latent space of a VAE or a GAN. */
export function ExplorePage() {
  const { say } = useWords();
  return (
    <RunChooser
      title={say('explore.title')}
      about={say('explore.about')}
      none={{ title: say('explore.none'), help: say('explore.none.help') }}
      systems={['vae', 'gan']}
    >
      {({ name }) => <Explorer key={name} run={name} />}
    </RunChooser>
  );
}
