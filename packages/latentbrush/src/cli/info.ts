import { Command } from 'commander';
import { savedSteps } from '../runs/checkpoint.ts';
import { readMetrics, type Metric } from '../runs/metrics.ts';
import { openRun, type Run } from '../runs/run.ts';
import { lossChart } from './loss-chart.ts';
import { Output } from './output.ts';
import { outputOptions, unusedSeedOption } from './shared-options.ts';
import { counted } from '../counted.ts';

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
  const { architecture, corpus, dataset, vocabulary, style, contentDir, pairsDir } = run.extra as {
    architecture?: Record<string, unknown>;
    corpus?: { name: string; characters: number };
    dataset?: { name: string; count: number };
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
    corpus && `corpus      ${corpus.name}, ${counted(corpus.characters, 'character')}`,
    dataset && `pictures    ${dataset.name}, ${dataset.count.toLocaleString('en')}`,
    vocabulary && `vocabulary  ${counted(vocabulary.tokens.length, 'token')} (${vocabulary.level})`,
    style && `style       ${style}`,
    contentDir && `pictures    ${contentDir}`,
    pairsDir && `pairs       ${pairsDir}`,
    architecture && `model       ${pairs(Object.entries(architecture))}`,
    `options     ${pairs(options)}`,
    `seed        ${run.seed}`,
    `made with   ${pairs(Object.entries(run.versions))}`,
    step === 0 ? 'not trained yet' : `steps       ${step}`,
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n${lossChart(run.system, metrics)}`;
}

function pairs(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}
