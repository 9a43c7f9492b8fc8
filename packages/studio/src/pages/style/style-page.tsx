import { withoutOption } from '../../forms/schema.ts';
import { fileName } from '../../making/file-name.ts';
import { Maker } from '../../making/maker.tsx';
import { PresetChoices } from '../../making/preset-choices.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { fromPath } from '../../pictures/chosen.ts';
import { useWords } from '../../words/index.ts';
import { PaintingField } from './painting-field.tsx';
import { COLOURS, STRENGTHS, STROKES, TIMES } from './style-presets.ts';

const JOB = 'style.paint';
const FIRST = { height: 300, rounds: 8 };
const VARY = { first: 'contentWeight', without: ['height', 'saveRounds'] };

/** Repaints a picture in the style of a painting. */
export function StylePage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST);
  const { options, setOptions, job, shown } = page;
  const given = shown?.inputs.styles;
  const picture = page.picture('input') ?? fromPath(shown?.inputs.content);
  const painting = page.picture('style') ?? fromPath(Array.isArray(given) ? given[0] : given);
  const isReady = picture !== undefined && painting !== undefined;
  const flags =
    options.saveRounds === true ? withoutOption(options, 'saveRounds') : { ...options, saveRounds: false };
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('style.title')}
      about={say('style.about')}
      runWord={say(job === undefined ? 'style.run' : 'style.again')}
      picture={picture}
      onChoose={(chosen) => page.choose('input', chosen)}
      inputs={isReady ? { content: picture, styles: [painting] } : undefined}
      command={isReady ? ['style', fileName(picture), fileName(painting)] : ['style']}
      flags={flags}
      vary={VARY}
    >
      <PaintingField painting={painting} onChoose={(chosen) => page.choose('style', chosen)} />
      <PresetChoices
        label={say('style.strength')}
        presets={STRENGTHS}
        options={options}
        word={(name) => say(`style.strength.${name}`)}
        onChange={setOptions}
      />
      <PresetChoices
        label={say('style.time')}
        presets={TIMES}
        options={options}
        word={(name) => say(`style.time.${name}`)}
        onChange={setOptions}
      />
      <PresetChoices
        label={say('style.strokes')}
        presets={STROKES}
        options={options}
        word={(name) => say(`style.strokes.${name}`)}
        onChange={setOptions}
      />
      <PresetChoices
        label={say('style.colours')}
        presets={COLOURS}
        options={options}
        word={(name) => say(`style.colours.${name}`)}
        onChange={setOptions}
      />
    </Maker>
  );
}
