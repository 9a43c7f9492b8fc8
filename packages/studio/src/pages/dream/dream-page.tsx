import { commandLine } from '../../forms/command-line.ts';
import { fileName } from '../../making/file-name.ts';
import { Maker } from '../../making/maker.tsx';
import { PresetChoices } from '../../making/preset-choices.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { fromPath } from '../../pictures/chosen.ts';
import { useWords } from '../../words/index.ts';
import { GROWTHS, SIZES, STRENGTHS } from './dream-presets.ts';

const JOB = 'dream.picture';
const FIRST = { size: 768 };

/** Dreams on a picture, or on noise if the options say so. */
export function DreamPage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST);
  const { options, setOptions, job } = page;
  const isNoise = options.noise !== undefined;
  const chosen = page.picture('input') ?? fromPath(job?.inputs.picture);
  const picture = isNoise ? undefined : chosen;
  const start = (): void => page.start({ job: JOB, inputs: picture === undefined ? {} : { picture } });
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('dream.title')}
      about={say('dream.about')}
      runWord={say(job === undefined ? 'dream.run' : 'dream.again')}
      picture={picture}
      onChoose={(given) => page.choose('input', given)}
      onStart={picture !== undefined || isNoise ? start : undefined}
      command={
        picture === undefined && !isNoise
          ? undefined
          : commandLine(['dream', ...(picture === undefined ? [] : [fileName(picture)])], options)
      }
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
