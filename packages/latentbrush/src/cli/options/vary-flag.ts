import { InputError } from '@latentbrush/engine';
import type { Command } from 'commander';
import type { z } from 'zod';
import { parseContributions } from '../../dream/index.ts';
import { parseSize } from '../../image/index.ts';
import type { Job } from '../../jobs/job.ts';
import type { Variations } from '../../jobs/vary.ts';
import { optionOfFlag } from '../terminal/wording.ts';
import { isListOption, valueOfText } from './schema-options.ts';

/** `--vary` of commands that make a picture, as given. */
export interface VaryFlag {
  readonly vary?: readonly string[];
}

/** Adds `--vary`. */
export function varyFlag(command: Command): void {
  command.option(
    '--vary <option=a,b,...>',
    'make a labelled sheet of small pictures over these values of an option, such as --vary octaves=1,3,5; given twice, the second option varies down the sheet; separate values that contain commas by semicolons',
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

/**
 * The request of `--vary` to a job: the option's schema parses its values; the job checks them.
 * @throws InputError naming the flag when it is not written as option=values, or a value is not of the option's type
 */
export function variationsGiven(job: Job, { vary }: VaryFlag): Variations | undefined {
  if (vary === undefined) return undefined;
  if (vary.length > 2)
    throw new InputError(`--vary: ${vary.length} options were given; a sheet has space for two`);
  return { axes: vary.map((text) => axisOf(job, text)) };
}

function axisOf(job: Job, text: string): Variations['axes'][number] {
  const [, name, values] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || values === undefined)
    throw new InputError(`--vary: "${text}" was given; write option=values, such as octaves=1,3,5`);
  const option = optionOfFlag(name.trim().replace(/^--/, ''));
  const shape: Readonly<Record<string, z.ZodType>> = job.options.shape;
  const schema = Object.hasOwn(shape, option) ? shape[option] : undefined;
  if (schema === undefined) return { option, values: [values] }; // the job refuses it, and names those it has
  const separator = values.includes(';') || isListOption(schema) ? ';' : ',';
  return { option, values: values.split(separator).map((value) => valueOf(option, schema, value.trim())) };
}

/** Options whose values have their own form. */
const FORMS: Readonly<Record<string, (text: string) => unknown>> = {
  layers: parseContributions,
  noise: (text) => parseSize(text, '--noise'),
};

function valueOf(option: string, schema: z.ZodType, text: string): unknown {
  return FORMS[option]?.(text) ?? valueOfText(option, schema, text);
}

/** @throws InputError when `--vary` was given but the output is an animation or a folder */
export function checkVaryFlag({ vary }: VaryFlag, isAnimated: boolean): void {
  if (vary !== undefined && isAnimated)
    throw new InputError(
      '--vary: varies single pictures; choose one with --frame 1, or give a picture instead of an animation or a folder',
    );
}
