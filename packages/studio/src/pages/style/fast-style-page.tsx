import { useSearchParams } from 'wouter';
import { previewAddress, useRuns, type RunEntry } from '../../api/runs.ts';
import { runTitle } from '../../live/run-title.ts';
import { fileName } from '../../making/file-name.ts';
import { Maker } from '../../making/maker.tsx';
import { useJobPage } from '../../making/use-job-page.ts';
import { useWords } from '../../words/index.ts';
import { PaintingWay } from './painting-way.tsx';
import './fast-style.css';

const JOB = 'style.apply';
const FIRST = { size: 640 };

/** Paints a picture with a network that knows one style: those that come with Latentbrush, and the person's own. */
export function FastStylePage() {
  const { say } = useWords();
  const page = useJobPage(JOB, FIRST, (of) => ({ input: of('picture') }));
  const [params, setParams] = useSearchParams();
  const runs = useRuns(['style']) ?? [];
  const { job } = page;
  const asked = params.get('run') ?? nameOf(job?.inputs.run);
  const style = runs.find(({ name }) => name === asked) ?? runs[0];
  const picture = page.picture('input');
  const isReady = picture !== undefined && style !== undefined;
  const choose = (name: string): void =>
    setParams((now) => {
      now.set('run', name);
      return now;
    });
  return (
    <Maker
      name={JOB}
      page={page}
      title={say('style.title')}
      about={say('fast.about')}
      runWord={say(job === undefined ? 'style.run' : 'style.again')}
      picture={picture}
      onChoose={(chosen) => page.choose({ input: chosen })}
      inputs={isReady ? { picture, run: { run: style.name } } : undefined}
      command={isReady ? ['style', 'apply', style.name, fileName(picture)] : ['style', 'apply']}
    >
      <PaintingWay way="fast" picture={picture} />
      <fieldset className="field">
        <legend className="field-label">{say('fast.style')}</legend>
        <div className="fast-styles">
          {runs.map((run) => (
            <StyleChoice
              key={run.name}
              run={run}
              isChosen={run.name === style?.name}
              onChoose={() => choose(run.name)}
            />
          ))}
        </div>
      </fieldset>
    </Maker>
  );
}

interface StyleChoiceProps {
  readonly run: RunEntry;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function StyleChoice({ run, isChosen, onChoose }: StyleChoiceProps) {
  const { say } = useWords();
  return (
    <button type="button" className="fast-style" aria-pressed={isChosen} onClick={onChoose}>
      {run.isPretrained && <img src={previewAddress(run.name, 240)} alt="" />}
      <span>{runTitle(run, say)}</span>
    </button>
  );
}

/** The name of the run of a job. Jobs store the path of a run, or the name of a pretrained one. */
function nameOf(run: unknown): string | undefined {
  return typeof run === 'string' ? run.split(/[/\\]/).at(-1) : undefined;
}
