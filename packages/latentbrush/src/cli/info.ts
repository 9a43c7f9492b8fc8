import { Command } from 'commander';
import { plot } from 'simple-ascii-chart';
import { savedSteps } from '../runs/checkpoint.ts';
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
    const step = Math.max(0, metrics.at(-1)?.step ?? 0, ...(await savedSteps(run)));
    output.event({ type: 'info', ...run, step, metrics });
    output.text(describe(run, step, metrics));
  });
}

function describe(run: Run, step: number, metrics: readonly Metric[]): string {
  const { architecture, corpus, vocabulary, style, contentDir, pairsDir } = run.extra as {
    architecture?: Record<string, unknown>;
    corpus?: { name: string; characters: number };
    vocabulary?: { tokens: readonly string[]; level: string };
    style?: string;
    contentDir?: string;
    pairsDir?: string;
  };
  const options = Object.entries(run.options).filter(
    ([name, value]) => !HIDDEN.has(name) && value !== undefined,
  );
  const lines = [
    `${run.folder}: ${run.system} run of ${run.createdAt}`,
    corpus && `corpus      ${corpus.name}, ${corpus.characters.toLocaleString('en')} characters`,
    vocabulary && `vocabulary  ${vocabulary.tokens.length} tokens (${vocabulary.level})`,
    style && `style       ${style}`,
    contentDir && `pictures    ${contentDir}`,
    pairsDir && `pairs       ${pairsDir}`,
    architecture && `model       ${pairs(Object.entries(architecture))}`,
    `options     ${pairs(options)}`,
    `seed        ${run.seed}`,
    `made with   ${pairs(Object.entries(run.versions))}`,
    step === 0 ? 'not trained yet' : `steps       ${step}`,
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n${lossChart(run, metrics)}`;
}

function pairs(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

function lossChart({ system }: Run, metrics: readonly Metric[]): string {
  const epochs = metrics.filter(({ type }) => type === 'epoch');
  const shown = epochs.length > 1 ? epochs : metrics.filter(({ type }) => type === 'step');
  const losses = shown.flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []));
  if (losses.length < 2) return '';
  const what =
    epochs.length > 1 ? `loss of epochs 1 to ${epochs.length}` : `loss up to step ${shown.at(-1)?.step ?? 0}`;
  return `\n${plot(
    losses.map((loss, i) => [i + 1, loss]),
    CHART,
  )}\n${what}${system === 'text' ? ', nats per token' : ''}\n`;
}
