import { fileName, maskWords } from '../../making/file-name.ts';
import { MaskField } from '../../masks/mask-field.tsx';
import { Maker } from '../../making/maker.tsx';
import { PresetChoices } from '../../making/preset-choices.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { useWords } from '../../words/index.ts';
import { PaintingField } from './painting-field.tsx';
import { PaintingWay } from './painting-way.tsx';
import { COLOURS, STRENGTHS, STROKES, TIMES } from './style-presets.ts';

const JOB = 'style.paint';
const FIRST = { height: 300, rounds: 8 };
const VARY = { first: 'contentWeight', without: ['height', 'saveRounds'] };

/** Repaints a picture in the style of a painting. */
export function StylePage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST, (of) => ({
    input: of('content'),
    style: of('styles'),
    mask: of('masks'),
  }));
  const { options, setOptions, job } = page;
  const picture = page.picture('input');
  const painting = page.picture('style');
  const mask = page.picture('mask');
  const isReady = picture !== undefined && painting !== undefined;
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('style.title')}
      about={say('style.about')}
      runWord={say(job === undefined ? 'style.run' : 'style.again')}
      picture={picture}
      onChoose={(input) => page.choose({ input, mask: undefined })}
      inputs={
        isReady
          ? { content: picture, styles: [painting], ...(mask !== undefined && { masks: [mask] }) }
          : undefined
      }
      command={isReady ? ['style', fileName(picture), fileName(painting), ...maskWords(mask)] : ['style']}
      vary={VARY}
    >
      <PaintingWay way="slow" picture={picture} />
      <PaintingField painting={painting} onChoose={(style) => page.choose({ style })} />
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
      {picture !== undefined && (
        <MaskField
          picture={picture}
          mask={mask}
          words={{ title: say('mask.style'), help: say('mask.style.help') }}
          onChoose={(drawn) => page.choose({ mask: drawn })}
        />
      )}
    </Maker>
  );
}
