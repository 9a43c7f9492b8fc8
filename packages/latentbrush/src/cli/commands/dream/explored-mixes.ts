import { dreamOptions, EXPLORATION, VISUALIZATION, type DreamInput } from '../../../dream/index.ts';
import type { dreamExploreJob } from '../../../jobs/dream/explore.ts';
import type { JobContext, JobEvent } from '../../../jobs/job.ts';
import type { CommandContext } from '../../options/command-context.ts';
import { present } from '../../terminal/present.ts';
import { flagOf, parseOptions } from '../../../options.ts';
import { newlyNamed } from '../../../renamed-options.ts';
import { commandLine, pathWord } from '../../../shell-word.ts';

type ExploreRequest = Parameters<(typeof dreamExploreJob)['run']>[0];

/** The explored input, and where to find its weights. */
export interface Explored extends Pick<ExploreRequest, 'inputs' | 'options'> {
  readonly context: Pick<JobContext, 'dataDir' | 'offline'>;
}

/** The mixes that an exploration tries, each with a command that repeats its dream. */
class ExploredMixes {
  readonly #lines: string[] = [];
  readonly #explored: Explored;

  constructor(explored: Explored) {
    this.#explored = explored;
  }

  /** The events of the exploration, unchanged. */
  async *collect(events: AsyncIterable<JobEvent>): AsyncGenerator<JobEvent, void, undefined> {
    for await (const event of events) {
      if (event.type === 'progress' && event.data?.type === 'exploration') {
        const { index, layers } = event.data as unknown as { index: number; layers: string };
        this.#lines.push(`  ${index}: ${commandOf(this.#explored, layers)}\n`);
      }
      yield event;
    }
  }

  /** One command for each mix, one per line. */
  lines(): string {
    return this.#lines.join('');
  }
}

// With all chosen options; defaults, including those of noise, need no flag.
function commandOf({ inputs, options, context }: Explored, layers: string): string {
  const { picture, weights, guide, mask } = inputs;
  const { noise, preprocessing, size, sourceFrame } = options;
  const brought = parseOptions(dreamOptions, noise === undefined ? {} : VISUALIZATION);
  const defaults: DreamInput = { ...EXPLORATION, ...(noise !== undefined && VISUALIZATION) };
  const names = Object.keys(dreamOptions.shape) as (keyof DreamInput)[]; // one order for all sources of options
  const given: DreamInput = newlyNamed(dreamOptions, options).options;
  const chosen = names.flatMap((name) => {
    const value = given[name] ?? defaults[name];
    return name === 'layers' || value === brought[name] || typeof value === 'object'
      ? []
      : [[name, value] as const];
  });
  const backbone = inputs.backbone ?? (options.backbone === 'inception_v3' ? undefined : options.backbone);
  const flags = { backbone, weights, preprocessing, guide, mask, size, ...context };
  return commandLine([
    'dream',
    ...(picture === undefined ? [] : [pathWord(picture)]),
    ...(sourceFrame === undefined ? [] : ['--frame', String(sourceFrame)]),
    ...(noise === undefined ? [] : ['--noise', `${noise.width}x${noise.height}`]),
    ...[...Object.entries(flags), ...chosen].flatMap(flagWords),
    ...['--layers', layers],
  ]);
}

function flagWords([name, value]: readonly [string, string | number | boolean | undefined]): string[] {
  if (value === undefined || value === false) return [];
  return value === true ? [flagOf(name)] : [flagOf(name), String(value)];
}

/**
 * Shows a job, and after it a command for each mix of layers that it tried, if it tried any.
 * @param events its events
 * @param request its request
 */
export async function presentWithMixes(
  events: AsyncIterable<JobEvent>,
  request: Pick<Explored, 'inputs' | 'options'>,
  { output, dataDir, offline }: CommandContext,
): Promise<void> {
  const mixes = new ExploredMixes({ ...request, context: { dataDir, offline } });
  await present(mixes.collect(events), output);
  output.text(mixes.lines());
}
