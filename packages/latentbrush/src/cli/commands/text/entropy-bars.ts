import type { JobEvent } from '../../../jobs/job.ts';
import type { WrittenToken } from '../../../text/index.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTH = 76;
// A bar is full at this entropy: 32 equally likely tokens.
const FULL_BITS = 5;

/** The events of `text.write`, with each text as a whole and its bars in place of its tokens one by one. */
export async function* withEntropyBars(
  events: AsyncIterable<JobEvent>,
): AsyncGenerator<JobEvent, void, undefined> {
  let shown = '';
  let tokens: WrittenToken[] = [];
  for await (const event of events) {
    const isMetric = event.type === 'metric';
    if ((isMetric || event.type === 'progress') && event.data?.type === 'token') {
      tokens.push(event.data as unknown as WrittenToken);
      if (isMetric) shown += event.text ?? '';
      yield isMetric ? { ...event, text: undefined } : event;
    } else if (event.type === 'sample') {
      const text = String(event.data.text);
      // The full output is the prompt, with a heading if there are several texts, the text, and a line end.
      const before = `${shown}${event.text ?? ''}`.slice(0, -text.length - 1);
      yield { ...event, text: `${before === '' ? '' : `${before}\n`}${entropyBars(within(text, tokens))}` };
      [shown, tokens] = ['', []];
    } else yield event;
  }
}

// The model writes the stop text, but it is not part of the text; it can begin inside a token.
function within(text: string, tokens: readonly WrittenToken[]): WrittenToken[] {
  const kept: WrittenToken[] = [];
  let place = 0;
  for (const token of tokens) {
    if (place >= text.length) break;
    kept.push({ ...token, text: token.text.slice(0, text.length - place) });
    place += token.text.length;
  }
  return kept;
}

/**
 * A text with a bar under each character. The bar shows the entropy of the distribution that its token was
 * drawn from: 0 bits (no choice) to 5 bits or more. The last line shows the mean.
 */
function entropyBars(tokens: readonly WrittenToken[]): string {
  const lines: string[] = [];
  let [text, bars] = ['', ''];
  const flush = (): void => {
    lines.push(text, bars);
    [text, bars] = ['', ''];
  };
  for (const token of tokens) {
    const bar = BARS[Math.min(BARS.length - 1, Math.floor((token.entropy / FULL_BITS) * BARS.length))] ?? '';
    for (const character of token.text) {
      if (character === '\n' || text.length >= WIDTH) flush();
      if (character === '\n') continue;
      text += character;
      bars += bar;
    }
  }
  flush();
  const mean = tokens.reduce((sum, { entropy }) => sum + entropy, 0) / Math.max(1, tokens.length);
  return `${lines.join('\n')}\nmean entropy of the choices: ${mean.toFixed(2)} bits\n`;
}
