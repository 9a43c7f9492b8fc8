import type { WrittenToken } from '../../../text/index.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTH = 76;
// A bar is full at this entropy: a free choice between 32 tokens.
const FULL_BITS = 5;

/**
 * A text with a bar under each character: the entropy of the distribution its token was drawn from, from 0 bits (no
 * choice) to 5 bits or more. The last line tells the mean.
 */
export function entropyBars(tokens: readonly WrittenToken[]): string {
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
