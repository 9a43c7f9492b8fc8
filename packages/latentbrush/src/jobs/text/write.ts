import { InputError } from '@latentbrush/engine';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../files/file-error.ts';
import { encodeRecipe, withRecipeOptions, writeText, type Recipe } from '../../image/index.ts';
import { checkpointPath } from '../../runs/checkpoint.ts';
import { StopText } from '../../text/stop.ts';
import { sampleOptions, Writer, type SampleOptions, type WrittenToken } from '../../text/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob, type JobWork } from '../job.ts';
import { jobRecipe } from '../recipe.ts';
import { recordedRun } from '../recorded-run.ts';
import { recordInputs } from '../recipe-inputs.ts';
import { checkEmptyFolder, checkTextTarget, makeTargetFolder } from '../target-file.ts';

const NAME = 'text.write';

/** Largest file of a prompt, in bytes. */
const MOST_BYTES = 2 ** 20;

const options = z.strictObject({
  ...sampleOptions.shape,
  temperature: z
    .array(sampleOptions.shape.temperature.unwrap())
    .min(1)
    .max(20)
    .default([0.5])
    .describe(
      'sampling temperatures, with texts for each: below 1 more predictable, above 1 more surprising',
    ),
  // A recipe describes one text.
  count: z
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .meta({ recorded: false })
    .describe('texts at each temperature, by consecutive streams of the seed'),
  checkpoint: z
    .string()
    .default('best')
    .meta({ recorded: false })
    .describe('checkpoint of the run: best, latest, or the step of a kept checkpoint'),
  text: z.int().min(1).optional().meta({ hidden: true }).describe('write only the text with this number'),
  stoppedAt: z
    .object({ token: z.int().min(1) })
    .optional()
    .meta({ hidden: true })
    .describe('last token of an interrupted text, to make it again'),
});

type Options = z.output<typeof options>;

/** One of the requested texts. */
interface Wanted {
  /** Number of its random stream of the seed, from 1. */
  readonly number: number;
  readonly temperature: number;
  /** Where to write it; undefined: only report it. */
  readonly path: string | undefined;
}

/**
 * Writes texts. Without an output (an empty one) texts are only reported, token by token; several go into a folder.
 */
export const textWriteJob = defineJob({
  name: NAME,
  about: 'Continue a prompt with a trained model; the text appears token by token.',
  inputs: z.strictObject({
    run: z.string().optional().describe('folder of a text run'),
    checkpoint: z
      .string()
      .optional()
      .meta({ hidden: true })
      .describe('file of a checkpoint in the folder of its run, instead of the run'),
    promptFile: z
      .string()
      .optional()
      .describe('text file with the prompt; a line break at its end is ignored'),
  }),
  options,
  async work({ inputs, options: asked, output }, work) {
    const run = inputs.run ?? (inputs.checkpoint && dirname(dirname(resolve(inputs.checkpoint))));
    if (run === undefined) throw new InputError('text: no run was given; give the folder that training made');
    const prompt = await promptOf(inputs.promptFile, asked.prompt);
    const writer = await Writer.load(run, { checkpoint: inputs.checkpoint ?? asked.checkpoint });
    try {
      const wanted = await targetsOf(asked, output);
      const checkpoint = inputs.checkpoint ?? (await checkpointPath({ folder: run }, asked.checkpoint));
      const files = { promptFile: [inputs.promptFile], checkpoint: [checkpoint] };
      const until = asked.stoppedAt;
      const recipe = jobRecipe(NAME, await recordInputs(files), {
        ...recorded(asked),
        ...(await recordedRun(run)),
      });
      if (output !== '') checkStorable(recipe);
      await writeAll(writer, { ...asked, prompt }, wanted, { recipe, until: until?.token }, output, work);
    } finally {
      await writer.release();
    }
  },
});

async function writeAll(
  writer: Writer,
  asked: Options,
  wanted: readonly Wanted[],
  { recipe, until }: { readonly recipe: Recipe; readonly until: number | undefined },
  output: string,
  work: JobWork,
): Promise<void> {
  let done = 0;
  for (const each of wanted) {
    const written = await writeOne(writer, asked, each, { until, before: done, total: wanted.length }, work);
    const isCut = work.signal.aborted;
    if (each.path !== undefined && (written.tokens > 0 || !isCut)) {
      const made = withRecipeOptions(recipe, {
        temperature: [each.temperature],
        text: each.number,
        ...(isCut
          ? { stoppedAt: { token: written.tokens } }
          : until !== undefined && { stoppedAt: { token: until } }),
      });
      await writeText(each.path, `${written.text}\n`, made);
      if (each.path !== output) await work.report.artefact(each.path);
    }
    if (isCut) break;
    done += 1;
  }
  const reached = work.signal.aborted ? `${done} of ${wanted.length} texts` : undefined;
  const path = output === '' ? {} : { path: output };
  await work.report.done({ reached, figures: { count: done }, ...path });
}

async function writeOne(
  writer: Writer,
  asked: Options,
  { number, temperature, path }: Wanted,
  {
    until,
    before,
    total,
  }: { readonly until: number | undefined; readonly before: number; readonly total: number },
  { report, signal }: JobWork,
): Promise<{ readonly text: string; readonly tokens: number }> {
  const length = Math.min(asked.length, until ?? Infinity);
  const given = { ...pick(asked), temperature, length };
  const heading = total > 1 ? headingOf(asked, { number, temperature }) : '';
  const { text: prompt } = writer.begin(given, number);
  const end = new StopText(asked.stop);
  const parts: string[] = [];
  let shown = `${heading}${prompt}`;
  let tokens = 0;
  const show = async (token: WrittenToken, sure: string): Promise<void> => {
    const data = { type: 'token', temperature, ...(asked.count > 1 && { number }), ...token };
    if (path === undefined) await report.metric(data, `${shown}${sure}`);
    else await report.progress(before * length + tokens, total * length, 'tokens', data);
    shown = '';
  };
  for await (const token of writer.continue(given, number, signal)) {
    tokens += 1;
    parts.push(end.add(token.text));
    await show(token, parts.at(-1)!);
    if (end.found) break;
  }
  const rest = end.rest();
  const text = [...parts, rest].join('');
  const data = { type: 'text', temperature, ...(asked.count > 1 && { number }), text };
  await report.sample(data, path === undefined ? `${shown}${rest}\n` : undefined);
  return { text: `${prompt}${text}`, tokens };
}

function headingOf(
  { temperature: all, count }: Options,
  { number, temperature }: Omit<Wanted, 'path'>,
): string {
  const parts = [all.length > 1 && `temperature ${temperature}`, count > 1 && `text ${number}`];
  return `--- ${parts.filter((part) => part !== false).join(', ')}\n`;
}

function pick(asked: Options): Omit<SampleOptions, 'temperature'> {
  const names = Object.keys(sampleOptions.shape) as (keyof SampleOptions)[];
  return Object.fromEntries(names.map((name) => [name, asked[name]])) as Omit<SampleOptions, 'temperature'>;
}

// The choice of checkpoint and the number of texts are not recorded: a recipe describes one text and names
// the file.
function recorded(asked: Options): Readonly<Record<string, unknown>> & { readonly seed: number } {
  const left = Object.entries(asked).filter(
    ([name]) => !['count', 'checkpoint', 'text', 'stoppedAt'].includes(name),
  );
  return { ...Object.fromEntries(left), seed: asked.seed };
}

/** @throws InputError when a target cannot be written */
async function targetsOf(
  { temperature: temperatures, count, text }: Options,
  output: string,
): Promise<Wanted[]> {
  const numbers = text === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [text];
  const all = temperatures.flatMap((temperature) => numbers.map((number) => ({ number, temperature })));
  if (output === '') return all.map((each) => ({ ...each, path: undefined }));
  if (all.length === 1) {
    await checkTextTarget(output);
    return [{ ...all[0]!, path: output }];
  }
  await checkEmptyFolder(output, 'the texts');
  await makeTargetFolder(output);
  const digits = String(count).length;
  return all.map((each) => {
    const at = temperatures.length > 1 ? `-${each.temperature}` : '';
    const name = `text${at}-${String(each.number).padStart(digits, '0')}.txt`;
    return { ...each, path: join(output, name) };
  });
}

async function promptOf(file: string | undefined, given: string): Promise<string> {
  if (file === undefined) return given;
  if (given !== '')
    throw new OptionError(words`${option('prompt')}: a file (${file}) was also given; choose one of them`);
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES)
      throw new InputError(`${file}: has ${size} bytes; a prompt of at most ${MOST_BYTES} is needed`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) throw new InputError(`${file}: is not UTF-8 text; save it as UTF-8`);
    throw fileError(error, file, 'read');
  }
  const prompt = text.replace(/\r?\n$/, '');
  if (prompt === '') throw new InputError(`${file}: is empty; put a prompt in it`);
  return prompt;
}

/** @throws OptionError when the prompt is too long for a recipe */
function checkStorable(recipe: Recipe): void {
  try {
    encodeRecipe(recipe);
  } catch {
    throw new OptionError(
      words`${option('prompt')}: is too long for the recipe of a text; give it as a file, with ${option('promptFile')}`,
    );
  }
}
