import { fileName } from '../../making/file-name.ts';
import { Maker } from '../../making/maker.tsx';
import { PresetChoices } from '../../making/preset-choices.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { fromPath } from '../../pictures/chosen.ts';
import { useWords } from '../../words/index.ts';
import { GROWTHS, SIZES, STRENGTHS } from './dream-presets.ts';

const JOB = 'dream.picture';
const FIRST = { size: 768 };
const VARY = { first: 'layers', without: ['size', 'saveOctaves'] };

/** Dreams on a picture, or on noise if the options say so. */
export function DreamPage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST);
  const { options, setOptions, job, shown } = page;
  const isNoise = options.noise !== undefined;
  const chosen = page.picture('input') ?? fromPath(shown?.inputs.picture);
  const picture = isNoise ? undefined : chosen;
  const inputs = picture === undefined ? (isNoise ? {} : undefined) : { picture };
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('dream.title')}
      about={say('dream.about')}
      runWord={say(job === undefined ? 'dream.run' : 'dream.again')}
      picture={picture}
      onChoose={(given) => page.choose('input', given)}
      inputs={inputs}
      command={['dream', ...(picture === undefined ? [] : [fileName(picture)])]}
      vary={VARY}
    >
      <PresetChoices
        label={say('dream.strength')}
        presets={STRENGTHS}
        options={options}
        word={(name) => say(`dream.strength.${name}`)}
        onChange={setOptions}
      />
      <PresetChoices
        label={say('dream.grow')}
        wrap
        presets={GROWTHS}
        options={options}
        word={(name) => say(`dream.grow.${name}`)}
        onChange={setOptions}
      />
      <PresetChoices
        label={say('dream.size')}
        presets={SIZES}
        options={options}
        word={(name) => say(`dream.size.${name}`)}
        onChange={setOptions}
      />
    </Maker>
  );
}
