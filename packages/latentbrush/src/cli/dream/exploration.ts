import {
  checkContributions,
  checkCount,
  dreamOptions,
  explore,
  formatContributions,
  VISUALIZATION,
  type Exploration,
} from '../../dream/index.ts';
import { montage, writePicture, type Picture } from '../../image/index.ts';
import { flagOf, parseOptions } from '../../options.ts';
import { dreamRecipe, loadDream, type DreamJob } from './job.ts';
import { nameOfSource, pictureOf, recipeOfSource, type DreamSource } from './source.ts';
import { noteUnchanged } from './unchanged.ts';
import { conclude } from '../conclude.ts';
import type { JobContext } from '../job-context.ts';
import { commandLine, pathWord } from '../../shell-word.ts';
import { checkTarget } from '../target-file.ts';
import { counted } from '../../counted.ts';

/**
 * Tries random mixes of layers and writes one sheet of them, each with the settings that dream it again.
 * @param until fewer mixes: those that there were when the exploration was interrupted that is made again
 */
export async function dreamExploration(
  job: DreamJob,
  source: DreamSource,
  count: number,
  target: string,
  context: JobContext,
  until = count,
): Promise<void> {
  const { output, signal } = context;
  checkCount(count);
  await checkTarget(target);
  const start = await pictureOf(source, job);
  const { backbone, pictures } = await loadDream(job, context, { name: nameOfSource(source), mixes: true });
  const { layers } = job.options;
  const given =
    layers &&
    checkContributions(backbone, layers).map(({ layer, channel }) => ({
      layer,
      ...(job.explores !== 'layers' && { channel }),
    }));
  const tried: Exploration[] = [];
  for await (const each of explore(backbone, start, count, { ...job.options, signal }, given, pictures)) {
    const mix = formatContributions(each.layers);
    for (const { layers, reason } of each.leftOut) {
      output.event({ type: 'leftOut', layers, reason });
      output.note(`${layers} is left out: ${reason}`);
    }
    output.event({ type: 'exploration', index: each.index, total: each.total, layers: mix });
    output.progress(each.index, each.total, mix);
    tried.push(each);
    if (tried.length === until) break;
  }
  if (tried.length === 0) signal.throwIfAborted();
  const { picture, extra } = recipeOfSource(source);
  const mixes = tried.map(({ layers }) => formatContributions(layers));
  const recipe = await dreamRecipe(
    job,
    { picture },
    {
      ...extra,
      layers: job.options.layers,
      explore: count,
      explores: job.explores ?? 'channels',
      mixes,
      ...(tried.length < count && { stoppedAt: { mix: tried.length } }),
    },
  );
  await writePicture(target, sheetOf(tried), { recipe });
  const interrupted =
    tried.length < until ? `${tried.length} of ${counted(count, 'mix', 'mixes')}` : undefined;
  conclude(output, target, { interrupted });
  output.text(tried.map((each) => lineOf(each, job, source, context)).join(''));
  noteUnchanged(
    tried.map(({ steps, flat }) => ({ reason: 'finished', steps, flat })),
    job,
    output,
  );
}

function sheetOf(tried: readonly Exploration[]): Picture {
  const labels = tried.map(
    ({ index, layers }) => `${index}: ${formatContributions(layers).replaceAll(',', ' ')}`,
  );
  return montage(
    tried.map(({ picture }) => picture),
    { labels },
  );
}

function flagWords([name, value]: readonly [string, string | number | boolean | undefined]): string[] {
  if (value === undefined || value === false) return [];
  return value === true ? [flagOf(name)] : [flagOf(name), String(value)];
}

// The command that dreams a mix again, with all that was chosen; defaults, and what noise brings along, need no flag.
function lineOf(
  { index, layers }: Exploration,
  job: DreamJob,
  source: DreamSource,
  { dataDir, offline }: JobContext,
): string {
  const { backbone, weights, preprocessing, guide, mask, size } = job;
  const frame = source.type === 'picture' ? source.frame : undefined;
  const brought = parseOptions(dreamOptions, source.type === 'noise' ? VISUALIZATION : {});
  const options = { ...job.options, layers: undefined };
  const names = Object.keys(dreamOptions.shape) as (keyof typeof options)[]; // one order, wherever the options come from
  const chosen = names
    .map((name) => [name, options[name]] as const)
    .filter(([name, value]) => value !== brought[name]);
  const words = [
    ...(source.type === 'picture'
      ? [pathWord(source.path)]
      : ['--noise', `${source.width}x${source.height}`]),
    ...(backbone === 'inception_v3' ? [] : ['--backbone', backbone]),
    ...[
      ...Object.entries({ frame, weights, preprocessing, guide, mask, size, dataDir, offline }),
      ...chosen,
    ].flatMap(flagWords),
    ...['--layers', formatContributions(layers)],
  ];
  return `  ${index}: ${commandLine(['dream', ...words])}\n`;
}
