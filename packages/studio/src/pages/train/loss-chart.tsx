import type { TrainingCurve } from 'latentbrush/studio';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWords, type Say, type WordKey } from '../../words/index.ts';

/** Colours of the curves, visible on light and dark. */
const COLORS = ['--accent', '--ink-soft', '--line-strong', '--ink'] as const;

const HEIGHT = 240;

/** The losses of a training by step. */
export function LossChart({ curves }: { readonly curves: readonly TrainingCurve[] }) {
  const { say } = useWords();
  const [isLog, setLog] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const data = useMemo(() => aligned(curves), [curves]);
  const names = curves.map(({ name }) => name).join(' ');
  // Losses of a GAN can be negative, and a logarithm cannot show that.
  const canLog = curves.every(({ points }) => points.every(([, loss]) => loss > 0));
  const newest = useRef(data);
  useEffect(() => {
    newest.current = data;
    chart.current?.setData(data);
  }, [data]);

  useEffect(() => {
    const element = place.current;
    if (element === null || names === '') return undefined;
    const make = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(
        optionsFor(element.clientWidth, names.split(' '), isLog && canLog, say),
        newest.current,
        element,
      );
    };
    make();
    const observer = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    observer.observe(element);
    const colors = new MutationObserver(make); // another theme was chosen
    colors.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      colors.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names, isLog, canLog, say]);

  const last = curves[0]?.points.at(-1)?.[1];
  return (
    <div className="stack train-part">
      <div className="live-head">
        <h3>{say('train.loss')}</h3>
        <label className="small row">
          <input
            type="checkbox"
            checked={isLog && canLog}
            disabled={!canLog}
            onChange={(event) => setLog(event.target.checked)}
          />
          {say('train.log')}
        </label>
      </div>
      {curves.length === 0 ? (
        <p className="soft train-empty">{say('train.noLoss')}</p>
      ) : (
        <div
          className="train-chart"
          ref={place}
          role="img"
          aria-label={say('train.curve', { last: last?.toPrecision(4) ?? '' })}
        />
      )}
    </div>
  );
}

/** The points of all curves by their steps; a curve has a gap at the steps of others. */
function aligned(curves: readonly TrainingCurve[]): AlignedData {
  const steps = [...new Set(curves.flatMap(({ points }) => points.map(([step]) => step)))].sort(
    (a, b) => a - b,
  );
  const columns = curves.map(({ points }) => {
    const byStep = new Map(points);
    return steps.map((step) => byStep.get(step)); // undefined: the line skips it
  });
  return [steps, ...columns];
}

function optionsFor(width: number, names: readonly string[], isLog: boolean, say: Say): Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => resolved(style.getPropertyValue(name));
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    // The names of its scales are of an enum that only its own build can read: 1 is linear, 3 logarithmic.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    scales: { x: { time: false }, y: { distr: isLog ? 3 : 1 } },
    axes: [axis, { ...axis, size: 60 }],
    cursor: { y: false },
    series: [
      { label: say('train.steps') },
      ...names.map((name, index) => ({
        label: say(`curve.${name}` as WordKey),
        stroke: color(COLORS[index % COLORS.length]!),
        width: 2,
        spanGaps: true,
        points: { show: name === 'validation' },
        ...(name === 'validation' && { dash: [6, 4] }),
      })),
    ],
  };
}

/** A colour for a canvas: `light-dark()` works only in style sheets. */
function resolved(value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
