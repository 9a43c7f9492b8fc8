import { Command } from 'commander';
import { plot } from 'simple-ascii-chart';
import { readMetrics, type Metric } from '../runs/metrics.ts';
import { openRun, type Run } from '../runs/run.ts';
import { Output } from './output.ts';
import { outputOptions, unusedSeedOption } from './shared-options.ts';

const CHART = { width: 64, height: 10 };
// Options worth a line of their own come first; the rest follows in alphabetical order.
const HIDDEN = new Set(['seed']);

/** `latentbrush info`. */
export function infoCommand(): Command {
  const command = new Command('info')
    .description('Show what a run is, how it was trained, and how its loss went.')
    .argument('<run>', 'folder of a run');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (folder: string, given: { json?: boolean; quiet?: boolean }) => {
    const output = new Output(given);
    const run = await openRun(folder);
    const metrics = await readMetrics(run);
    output.event({ type: 'info', ...run, metrics });
    output.text(describe(run, metrics));
  });
}

function describe(run: Run, metrics: readonly Metric[]): string {
  const { architecture, corpus, vocabulary } = run.extra as {
    architecture?: Record<string, unknown>;
    corpus?: { name: string; characters: number };
    vocabulary?: { tokens: readonly string[]; level: string };
  };
  const options = Object.entries(run.options).filter(
    ([name, value]) => !HIDDEN.has(name) && value !== undefined,
  );
  const last = metrics.at(-1);
  const lines = [
    `${run.folder}: ${run.system} run of ${run.createdAt}`,
    corpus && `corpus      ${corpus.name}, ${corpus.characters.toLocaleString('en')} characters`,
    vocabulary && `vocabulary  ${vocabulary.tokens.length} tokens (${vocabulary.level})`,
    architecture && `model       ${pairs(Object.entries(architecture))}`,
    `options     ${pairs(options)}`,
    `seed        ${run.seed}`,
    `made with   ${pairs(Object.entries(run.versions))}`,
    last === undefined ? 'not trained yet' : `steps       ${last.step}`,
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n${lossChart(metrics)}`;
}

function pairs(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

function lossChart(metrics: readonly Metric[]): string {
  const epochs = metrics.filter(({ type }) => type === 'epoch');
  const shown = epochs.length > 1 ? epochs : metrics.filter(({ type }) => type === 'step');
  const losses = shown.flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []));
  if (losses.length < 2) return '';
  const what =
    epochs.length > 1 ? `loss of epochs 1 to ${epochs.length}` : `loss up to step ${shown.at(-1)?.step ?? 0}`;
  return `\n${plot(
    losses.map((loss, i) => [i + 1, loss]),
    CHART,
  )}\n${what}, nats per token\n`;
}
