import type { TrainingClock } from 'latentbrush/studio';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import uPlot, { type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Choices } from '../../../design/choices.tsx';
import { Slider } from '../../../design/slider.tsx';
import { useWords, type WordKey } from '../../../words/index.ts';
import { aligned, byTime, clockTime, nearest, smoothed, type Axis, type Series } from './series.ts';

/** Colours, of curves or of runs: there are no more in a chart. */
export const MOST_RUNS = 6;

const HEIGHT = 240;

/** Dashes of a curve by its kind, since several runs have a colour each. */
const DASHES: Readonly<Record<string, number[]>> = { validation: [6, 4], generatorLoss: [2, 3] };

/** The axis of time: its marks are at times that clocks have. */
const TIMES = {
  incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 86_400],
  values: (_: uPlot, seconds: number[]) => seconds.map(clockTime),
};

interface LossChartProps {
  readonly series: readonly Series[];
  /** Times of runs, by name. */
  readonly clocks: Readonly<Record<string, TrainingClock | undefined>>;
}

/** The losses of a training, or of several laid over each other, by step or by time. */
export function LossChart({ series, clocks }: LossChartProps) {
  const { say } = useWords();
  const id = useId();
  const [isLog, setLog] = useState(false);
  const [smoothing, setSmoothing] = useState(0);
  const [axis, setAxis] = useState<Axis>('step');
  const [at, setAt] = useState<number>(); // of the pointer
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const runs = [...new Set(series.map(({ run }) => run))];
  const timeless = runs.filter((run) => (clocks[run]?.length ?? 0) < 2);
  const isByTime = axis === 'time' && timeless.length < runs.length;
  const plain = useMemo(
    () => series.map(({ run, points }) => (isByTime ? byTime(points, clocks[run] ?? []) : points)),
    [series, clocks, isByTime],
  );
  const shown = useMemo(() => plain.map((points) => smoothed(points, smoothing)), [plain, smoothing]);
  const isSmooth = smoothing > 0;
  const data = useMemo(() => aligned(isSmooth ? [...shown, ...plain] : shown), [shown, plain, isSmooth]);
  // Losses of a GAN can be negative, and a logarithm cannot show that.
  const canLog = series.every(({ points }) => points.every(([, loss]) => loss > 0));
  const looks = useMemo(() => lookOf(series), [series]);
  const drawn = JSON.stringify(looks);
  const newest = useRef(data);
  useEffect(() => {
    newest.current = data;
    chart.current?.setData(data);
  }, [data]);

  useEffect(() => {
    const element = place.current;
    if (element === null || drawn === '[]') return undefined;
    const make = (): void => {
      chart.current?.destroy();
      const options = optionsFor(element.clientWidth, JSON.parse(drawn) as Look[], {
        isLog: isLog && canLog,
        isSmooth,
        isByTime,
      });
      chart.current = new uPlot(
        { ...options, hooks: { setCursor: [(made) => setAt(placeUnder(made))] } },
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
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', make);
    return () => {
      observer.disconnect();
      colors.disconnect();
      system.removeEventListener('change', make);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [drawn, isLog, canLog, isSmooth, isByTime]);

  const last = shown[0]?.at(-1)?.[1];
  const move = (by: number): void => {
    const places = data[0];
    const left = at === undefined ? places.length - 1 : places.findIndex((x) => x >= at) + by;
    const x = places[Math.min(places.length - 1, Math.max(0, left))];
    if (x !== undefined) chart.current?.setCursor({ left: chart.current.valToPos(x, 'x'), top: 0 });
  };
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
      {series.length === 0 ? (
        <p className="soft train-empty">{say('train.noLoss')}</p>
      ) : (
        <>
          <div
            className="train-chart"
            ref={place}
            role="application"
            tabIndex={0}
            aria-label={say('train.curve', { last: last?.toPrecision(4) ?? '' })}
            onKeyDown={(event) => {
              const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
              if (by === undefined) return;
              event.preventDefault();
              move(by * (event.shiftKey ? 10 : 1));
            }}
          />
          <Legend series={series} looks={looks} shown={shown} at={at} isByTime={isByTime} />
          <div className="train-controls">
            <div className="field">
              <label className="field-label" htmlFor={id}>
                {say('chart.smoothing')} <span className="soft figure">{smoothing.toFixed(2)}</span>
              </label>
              <Slider id={id} min={0} max={0.98} step={0.02} value={smoothing} onChange={setSmoothing} />
            </div>
            <Choices
              label={say('chart.axis')}
              value={axis}
              options={(['step', 'time'] as const).map((value) => ({
                value,
                label: say(`chart.axis.${value}`),
              }))}
              onChange={setAxis}
            />
          </div>
          {axis === 'time' && timeless.length > 0 && (
            <p className="field-help">{say('chart.timeless', { runs: timeless.join(', ') })}</p>
          )}
        </>
      )}
    </div>
  );
}

/** How a series is drawn. */
interface Look {
  /** Number of a colour, from 1. */
  readonly color: number;
  readonly dash?: number[] | undefined;
  readonly hasPoints: boolean;
}

/** A colour for each run; for each curve when there is only one run. */
function lookOf(series: readonly Series[]): Look[] {
  const runs = [...new Set(series.map(({ run }) => run))];
  return series.map(({ run, curve, points }, index) => ({
    color: ((runs.length === 1 ? index : runs.indexOf(run)) % MOST_RUNS) + 1,
    dash: DASHES[curve],
    hasPoints: curve === 'validation' || points.length < 3, // a line needs two
  }));
}

interface LegendProps extends Pick<LossChartProps, 'series'> {
  readonly looks: readonly Look[];
  readonly shown: readonly Series['points'][];
  /** Place of the pointer; undefined when it is not over the chart. */
  readonly at: number | undefined;
  readonly isByTime: boolean;
}

/** The names of the curves, and their values under the pointer, or their last ones. */
function Legend({ series, looks, shown, at, isByTime }: LegendProps) {
  const { say } = useWords();
  const where =
    at === undefined
      ? say('chart.last')
      : isByTime
        ? clockTime(at)
        : say('chart.at.step', { step: Math.round(at) });
  return (
    <table className="train-legend">
      <thead>
        <tr>
          <th scope="col">{say('chart.run')}</th>
          <th scope="col">{say('train.loss')}</th>
          <th scope="col">{where}</th>
        </tr>
      </thead>
      <tbody>
        {series.map(({ run, curve }, index) => {
          const look = looks[index]!;
          const points = shown[index] ?? [];
          const value = at === undefined ? points.at(-1)?.[1] : nearest(points, at);
          return (
            <tr key={`${run} ${curve}`}>
              <th scope="row">
                <span
                  className="train-swatch"
                  style={{
                    borderTopColor: `var(--curve-${look.color})`,
                    borderTopStyle:
                      look.dash === undefined ? 'solid' : look.dash[0] === 2 ? 'dotted' : 'dashed',
                  }}
                />
                {run}
              </th>
              <td>{say(`curve.${curve}` as WordKey)}</td>
              <td>{value === undefined ? '–' : value.toPrecision(4)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The place under the pointer; undefined when it is elsewhere. */
function placeUnder(chart: uPlot): number | undefined {
  const { left = -1 } = chart.cursor;
  return left < 0 ? undefined : chart.posToVal(left, 'x');
}

function optionsFor(
  width: number,
  looks: readonly Look[],
  { isLog, isSmooth, isByTime }: Readonly<Record<'isLog' | 'isSmooth' | 'isByTime', boolean>>,
): Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => resolved(style.getPropertyValue(name));
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const lines = looks.map(({ color: number, dash, hasPoints }) => ({
    stroke: color(`--curve-${number}`),
    width: 2,
    spanGaps: true,
    points: { show: hasPoints },
    ...(dash !== undefined && { dash }),
  }));
  return {
    width,
    height: HEIGHT,
    // The names of its scales are of an enum that only its own build can read: 1 is linear, 3 logarithmic.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    scales: { x: { time: false }, y: { distr: isLog ? 3 : 1 } },
    axes: [isByTime ? { ...axis, ...TIMES } : axis, { ...axis, size: 60 }],
    legend: { show: false },
    cursor: { y: false },
    // Behind a smoothed curve, the losses themselves.
    series: [{}, ...lines, ...(isSmooth ? lines.map((line) => ({ ...line, width: 1, alpha: 0.3 })) : [])],
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
