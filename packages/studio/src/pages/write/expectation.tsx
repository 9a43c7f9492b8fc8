import { entropy, samplingDistribution } from '../../../../latentbrush/src/text/temperature.ts';
import { useWords, type Say } from '../../words/index.ts';
import type { Bold } from './boldness.tsx';

interface ExpectationProps {
  /** Probability of each token, from the model. */
  readonly probabilities: Float32Array;
  readonly tokens: readonly string[];
  readonly level: 'char' | 'word';
  readonly bold: Bold;
  readonly onTake: (token: string) => void;
}

/** Tokens that are drawn. */
const SHOWN = 14;

/** The prediction of the next token: the most probable tokens as bars, before and after the sliders, and the entropy. */
export function Expectation({ probabilities, tokens, level, bold, onTake }: ExpectationProps) {
  const { say } = useWords();
  const sampled = samplingDistribution(probabilities, { ...bold, greedy: false });
  const bits = entropy(sampled);
  const most = Math.log2(tokens.length);
  const likeliest = [...probabilities.keys()]
    .sort((a, b) => sampled[b]! - sampled[a]! || probabilities[b]! - probabilities[a]!)
    .slice(0, SHOWN);
  return (
    <section className="panel stack expectation">
      <h2 className="live-heading">{say(level === 'char' ? 'write.next' : 'write.nextWord')}</h2>
      <div>
        <p className="live-head figure">{say('write.entropy', { bits: bits.toFixed(2) })}</p>
        <div
          className="odds-track"
          role="meter"
          aria-label={say('write.entropy', { bits: bits.toFixed(2) })}
          aria-valuemin={0}
          aria-valuemax={most}
          aria-valuenow={bits}
        >
          <span className="odds-fill" style={{ width: `${(100 * bits) / most}%` }} />
        </div>
        <p className="field-help">{say('write.entropy.help', { most: most.toFixed(1) })}</p>
      </div>
      <ul className="odds">
        {likeliest.map((id) => (
          <li key={id}>
            <button type="button" className="odds-row" onClick={() => onTake(tokens[id] ?? '')}>
              <span className="odds-token">{shownToken(tokens[id] ?? '', say)}</span>
              <span className="odds-track">
                <span className="odds-fill" style={{ width: `${100 * sampled[id]!}%` }} />
                <span className="odds-raw" style={{ left: `${100 * probabilities[id]!}%` }} />
              </span>
              <span className="small soft figure">{percent(sampled[id]!)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function shownToken(token: string, say: Say): string {
  if (token === ' ') return say('write.space');
  if (token === '\n') return say('write.newline');
  return token;
}

function percent(share: number): string {
  return share === 0 ? '–' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
