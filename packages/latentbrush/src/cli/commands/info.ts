import { Command } from 'commander';
import { savedSteps } from '../../runs/checkpoint.ts';
import { readThinnedMetrics, type Metric } from '../../runs/metrics.ts';
import { openRun, type Run } from '../../runs/run.ts';
import { systemNamed } from '../../systems.ts';
import { inOneLine } from '../../training/index.ts';
import { lossChart } from '../terminal/loss-chart.ts';
import { Output } from '../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../options/shared-options.ts';

// The most important options come first; the rest follows in alphabetical order.
const HIDDEN = new Set(['seed']);

/** `latentbrush info`. */
export function infoCommand(): Command {
  const command = new Command('info')
    .description('Show what a run is, how it was trained, and how its loss developed.')
    .argument('<run>', 'folder of a run, or a run of the package, such as pretrained:faces-vae');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (folder: string, given: { json?: boolean; quiet?: boolean }) => {
    const output = new Output(given);
    const run = await openRun(folder);
    const metrics = await readThinnedMetrics(run);
    const step = Math.max(0, metrics.at(-1)?.step ?? 0, ...(await savedSteps(run)));
    output.event({ type: 'info', ...run, step, metrics });
    output.text(describe(run, step, metrics));
  });
}

function describe(run: Run, step: number, metrics: readonly Metric[]): string {
  const options = Object.entries(run.options).filter(
    ([name, value]) => !HIDDEN.has(name) && value !== undefined,
  );
  const lines = [
    ...(systemNamed(run.system)?.describe(run) ?? []),
    ['options', inOneLine(Object.fromEntries(options))],
    ['seed', String(run.seed)],
    ['made with', inOneLine(run.versions)],
  ] as const;
  const trained = step === 0 ? 'not trained yet' : line('steps', String(step));
  return [
    `${run.folder}: ${run.system} run of ${run.createdAt}`,
    ...lines.map(([heading, text]) => line(heading, text)),
    `${trained}\n${lossChart(run.system, metrics)}`,
  ].join('\n');
}

function line(heading: string, text: string): string {
  return `${heading.padEnd(12)}${text}`;
}
