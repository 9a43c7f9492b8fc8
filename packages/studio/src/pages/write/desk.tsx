import type { TextModel } from 'latentbrush/studio';
import { useCallback, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { useModelFacts } from '../../api/runs.ts';
import { Button } from '../../design/button.tsx';
import { ErrorLine } from '../../design/error-line.tsx';
import { useNotice } from '../../design/notices.tsx';
import { Progress } from '../../design/progress.tsx';
import { LiveWriter } from '../../live/live-writer.ts';
import { useLoaded } from '../../live/use-loaded.ts';
import { errorSentence } from '../../queue/job-words.ts';
import { useWords } from '../../words/index.ts';
import { edited, shareOfNetwork, type Authored } from './authorship.ts';
import { Boldness, type Bold } from './boldness.tsx';
import { Editor, insert } from './editor.tsx';
import { Expectation } from './expectation.tsx';
import { useForesight } from './use-foresight.ts';
import './write.css';

/** Loads a language model, and shows the editor. */
export function Desk({ run }: { readonly run: string }) {
  const { say, language } = useWords();
  const facts = useModelFacts(run);
  if (facts.error !== null) return <ErrorLine>{errorSentence(facts.error, '', say, language)}</ErrorLine>;
  if (facts.data === undefined || !('vocabulary' in facts.data))
    return <Progress share={undefined} label={say('live.loading')} />;
  return <Writing run={run} facts={facts.data} />;
}

/** Maximum number of tokens of a proposal. */
const LENGTH = { char: 28, word: 8 };

function Writing({ run, facts }: { readonly run: string; readonly facts: TextModel }) {
  const { say } = useWords();
  const notice = useNotice();
  const { part } = useRunSource();
  const load = useCallback(() => LiveWriter.load(part(run, 'model'), facts), [run, facts, part]);
  const { loaded: writer, problem } = useLoaded(load);
  const [authored, setAuthored] = useState<Authored>({ text: '', authors: '' });
  const [cursor, setCursor] = useState(0);
  const [bold, setBold] = useState<Bold>({ temperature: 0.5, topK: undefined, topP: undefined, count: 4 });
  const [again, setAgain] = useState(0);
  const [area, setArea] = useState<HTMLTextAreaElement | null>(null);
  const { level } = facts.vocabulary;
  const before = authored.text.slice(0, cursor);
  const foresight = useForesight(writer, before, { ...bold, greedy: false, length: LENGTH[level] }, again);

  const take = (text: string): void => {
    if (area !== null) insert(area, text);
  };
  const begin = (): void => {
    const passage = facts.passages[Math.floor(Math.random() * facts.passages.length)] ?? '';
    setAuthored(edited({ text: '', authors: '' }, passage, 'y'));
    setCursor(passage.length);
    area?.focus();
  };
  return (
    <div className="desk">
      {problem !== undefined && <ErrorLine>{say('live.failed', { reason: problem })}</ErrorLine>}
      <div className="stack">
        <Editor
          authored={authored}
          cursor={cursor}
          proposals={foresight.before === before ? foresight.proposals : []}
          onRef={setArea}
          onChange={(next, place) => {
            setAuthored(next);
            setCursor(place);
          }}
          onCursor={setCursor}
        />
        <div className="row small soft">
          <span className="desk-legend desk-you">{say('write.legend.you')}</span>
          <span className="desk-legend desk-model">{say('write.legend.model')}</span>
          <span className="figure">
            {say('write.share', { percent: Math.round(100 * shareOfNetwork(authored)) })}
          </span>
        </div>
        <section className="stack desk-proposals" aria-label={say('write.proposals')}>
          <div className="live-head">
            <h2 className="live-heading">{say('write.proposals')}</h2>
            <Button small look="quiet" icon="again" onClick={() => setAgain((number) => number + 1)}>
              {say('write.again')}
            </Button>
          </div>
          <ol>
            {foresight.proposals.map(({ text, probability }, index) => (
              <li key={text}>
                <button type="button" className="desk-proposal" onClick={() => take(text)}>
                  <kbd>{index === 0 ? 'Tab' : `Alt+${index + 1}`}</kbd>
                  <span>{text}</span>
                  <span className="soft small figure">{Math.round(100 * probability)} %</span>
                </button>
              </li>
            ))}
          </ol>
          <p className="field-help">
            {writer === undefined ? say('live.loading') : say('write.accept')}{' '}
            {foresight.milliseconds > 0 && say('write.speed', { ms: Math.round(foresight.milliseconds) })}
          </p>
        </section>
        <div className="row">
          <Button onClick={begin}>{say('write.passage')}</Button>
          <Button
            icon="copy"
            disabled={authored.text === ''}
            onClick={() =>
              void navigator.clipboard
                .writeText(authored.text)
                .then(() => notice({ text: say('write.copied') }))
            }
          >
            {say('write.copy')}
          </Button>
          <Button
            icon="bin"
            disabled={authored.text === ''}
            onClick={() => {
              setAuthored({ text: '', authors: '' });
              setCursor(0);
            }}
          >
            {say('write.clear')}
          </Button>
        </div>
      </div>
      <aside className="stack">
        <Boldness bold={bold} size={facts.vocabulary.tokens.length} onChange={setBold} />
        {foresight.probabilities !== undefined && (
          <Expectation
            probabilities={foresight.probabilities}
            tokens={facts.vocabulary.tokens}
            level={level}
            bold={bold}
            onTake={take}
          />
        )}
      </aside>
    </div>
  );
}
