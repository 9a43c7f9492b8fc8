import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Router } from 'wouter';
import { MOST_RUNS } from './loss-chart.tsx';
import { useComparison, type Comparison } from './use-losses.ts';

const RUNS = Array.from({ length: MOST_RUNS + 1 }, (_, index) => `run-${index}`);

/** The comparison of a page whose address compares these runs. */
function comparisonOf(compared: readonly string[], shownRun?: string): Comparison {
  let found: Comparison | undefined;
  const Probe = (): null => {
    found = useComparison(RUNS, shownRun);
    return null;
  };
  const ssrSearch = new URLSearchParams(compared.map((run) => ['compare', run])).toString();
  renderToString(createElement(Router, { ssrPath: '/go/train', ssrSearch, children: createElement(Probe) }));
  return found!;
}

it('compares as many runs as a chart has colours', () => {
  expect(comparisonOf(RUNS)).toMatchObject({ runs: RUNS.slice(0, MOST_RUNS), isFull: true });
  expect(comparisonOf(RUNS.slice(0, MOST_RUNS - 1))).toMatchObject({ isFull: false });
});

it('leaves a colour for the training that is shown, and does not compare it with itself', () => {
  const [shown = '', ...others] = RUNS;
  const few = others.slice(0, MOST_RUNS - 1);
  for (const asked of [others, RUNS, few])
    expect(comparisonOf(asked, shown)).toMatchObject({ runs: few, isFull: true });
  expect(comparisonOf(few.slice(1), shown)).toMatchObject({ isFull: false });
});
