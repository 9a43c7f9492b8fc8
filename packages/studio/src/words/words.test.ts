import { jobNamed, type JobName } from 'latentbrush/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { en } from './en.ts';
import { loadKorean, optionWords } from './index.ts';
import { ko } from './ko.ts';
import { TRAINED_SYSTEMS } from '../queue/trained-systems.ts';

const HANGUL = /\p{Script=Hangul}/u;

describe('the Korean texts', () => {
  beforeAll(async () => void (await loadKorean()));

  it('name the same values as the English ones', () => {
    const values = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[])
      expect({ key, values: values(ko[key]) }).toEqual({ key, values: values(en[key]) });
  });

  const trainings = TRAINED_SYSTEMS.map((system): JobName => `${system}.train`);
  const withForms: readonly JobName[] = ['dream.picture', 'style.paint', 'style.apply', ...trainings];

  it.each(withForms)('have a label and help for each option of %s', async (job) => {
    const { properties = {} } = z.toJSONSchema((await jobNamed(job)).options, {
      io: 'input',
      unrepresentable: 'any',
    }) as { properties?: Record<string, { hidden?: boolean }> };
    const missing = Object.entries(properties)
      .filter(([, { hidden }]) => hidden !== true)
      .map(([option]) => ({ option, ...optionWords('ko', job, option, '') }))
      .filter(({ label, help }) => !HANGUL.test(label) || !HANGUL.test(help));
    expect(missing.map(({ option }) => option)).toEqual([]);
  });
});
