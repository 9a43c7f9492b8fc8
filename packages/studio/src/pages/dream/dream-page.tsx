import { fileName, maskWords } from '../../making/file-name.ts';
import { MaskField } from '../../masks/mask-field.tsx';
import { Maker } from '../../making/maker.tsx';
import { PresetChoices } from '../../making/preset-choices.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { useWords } from '../../words/index.ts';
import { GROWTHS, SIZES, STRENGTHS } from './dream-presets.ts';

const JOB = 'dream.picture';
const FIRST = { size: 768 };
const VARY = { first: 'layers', without: ['size', 'saveOctaves'] };

/** Dreams on a picture, or on noise if the options say so. */
export function DreamPage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST, (of) => ({ input: of('picture'), mask: of('mask') }));
  const { options, setOptions, job } = page;
  const isNoise = options.noise !== undefined;
  const picture = isNoise ? undefined : page.picture('input');
  const mask = picture === undefined ? undefined : page.picture('mask');
  const inputs =
    picture === undefined ? (isNoise ? {} : undefined) : { picture, ...(mask !== undefined && { mask }) };
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('dream.title')}
      about={say('dream.about')}
      runWord={say(job === undefined ? 'dream.run' : 'dream.again')}
      picture={picture}
      onChoose={(input) => page.choose({ input, mask: undefined })}
      inputs={inputs}
      command={['dream', ...(picture === undefined ? [] : [fileName(picture)]), ...maskWords(mask)]}
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
      {picture !== undefined && (
        <MaskField
          picture={picture}
          mask={mask}
          words={{ title: say('mask.dream'), help: say('mask.dream.help') }}
          onChoose={(drawn) => page.choose({ mask: drawn })}
        />
      )}
    </Maker>
  );
}
