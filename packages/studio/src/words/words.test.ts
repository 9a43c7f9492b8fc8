import { readdir } from 'node:fs/promises';
import { jobNamed, jobs, type JobName } from 'latentbrush/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { en } from './en.ts';
import { loadKorean, optionWords } from './index.ts';
import { ko } from './ko.ts';
import { TRAININGS } from '../pages/train/trainings.ts';
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

  it('have a name for each task of a job, and each concept that comes with Latentbrush, as the English ones do', async () => {
    const tasks = Object.keys(jobs).map((job) => `task.${job.split('.')[1]!}`);
    const shipped = new URL('../../../latentbrush/assets/pretrained', import.meta.url);
    const files = (await readdir(shipped, { recursive: true })).map((file) => file.replaceAll('\\', '/'));
    const concepts = files.flatMap((file) => /\/concepts\/(.+)\.json$/.exec(file)?.[1] ?? []);
    const named = [...tasks, ...concepts.map((concept) => `concept.${concept}`)];
    expect(named).toContain('concept.open-mouth');
    const texts: readonly Readonly<Record<string, string>>[] = [en, ko];
    const shownAlone = ['task.picture', 'task.paint']; // by the name of their system
    for (const key of named.filter((one) => !shownAlone.includes(one)))
      expect({ key, words: texts.map((words) => typeof words[key]) }).toEqual({
        key,
        words: ['string', 'string'],
      });
    for (const key of named.filter((one) => one.startsWith('concept.')))
      expect(texts[1]![key]).toMatch(HANGUL);
  });

  it('have a name for each data set of a training, as the English ones do', () => {
    const names = new Set(
      Object.values(TRAININGS).flatMap(({ dataSets }) => dataSets.map(({ name }) => name)),
    );
    expect(names.size).toBeGreaterThan(8);
    const texts: readonly Readonly<Record<string, string>>[] = [en, ko];
    const missing = [...names].filter((name) => texts.some((words) => (words[`data.${name}`] ?? '') === ''));
    expect(missing).toEqual([]);
  });

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
