import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { lockRun } from './lock.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { appendMetric } from './metrics.ts';
import {
  nameOfRun,
  placeOfConcept,
  placeOfRun,
  pretrainedNames,
  pretrainedRuns,
  stemOfRun,
} from './pretrained-runs.ts';
import { createRun, openRun, updateExtra } from './run.ts';

const FACES = 'pretrained:faces-vae';

describe('the runs of the package', () => {
  it('are those whose folders exist, each of its declared system', async () => {
    const folder = dirname(placeOfRun(FACES));
    const entries = await readdir(folder, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(folders.sort()).toEqual(Object.keys(pretrainedRuns).sort());
    for (const [name, { system }] of Object.entries(pretrainedRuns))
      expect({ name, system: (await openRun(`pretrained:${name}`)).system }).toEqual({ name, system });
  });

  it('have their name in recipes, also by their folder; files that are made from them have it without the prefix', () => {
    expect(basename(placeOfRun(FACES))).toBe('faces-vae');
    expect(nameOfRun(FACES)).toBe(FACES);
    expect(nameOfRun(placeOfRun(FACES))).toBe(FACES);
    expect(nameOfRun('runs/own/')).toBe('own');
    expect(stemOfRun(FACES)).toBe('faces-vae');
    expect(stemOfRun('runs/own')).toBe('own');
  });

  it.each(['pretrained:', 'pretrained:faces', 'pretrained:../x', 'pretrained:__proto__'])(
    '%s does not exist: the message names the existing ones',
    async (name) => {
      await expect(openRun(name)).rejects.toThrow(InputError);
      await expect(openRun(name)).rejects.toThrow(
        `${name}: no such run comes with the package; choose ${pretrainedNames().join(', ')}`,
      );
    },
  );

  it.each([FACES, placeOfRun(FACES)])('are only for use: nothing writes into %s', async (run) => {
    const refused = `${run}: comes with the package and is only for use; train in a folder of your own, such as runs/faces-vae`;
    const writing: Promise<unknown>[] = [
      createRun(run, { system: 'vae', options: {}, seed: 1 }),
      updateExtra(run, {}),
      lockRun({ folder: run }),
      saveCheckpoint({ folder: run }, 1, {}, null),
      appendMetric({ folder: run }, { step: 1 }),
    ];
    for (const each of await Promise.allSettled(writing))
      expect(each).toMatchObject({ status: 'rejected', reason: { message: refused } });
  });

  it('have concepts, which are named like files in a folder', () => {
    expect(placeOfConcept('smile.json')).toBe('smile.json');
    expect(() => placeOfConcept(`${FACES}/yawn`)).toThrow(`${FACES}/smile, `);
    expect(placeOfConcept(`${FACES}/smile`)).toMatch(/faces-vae[/\\]concepts[/\\]smile\.json$/);
    for (const wrong of [FACES, `${FACES}/`, `${FACES}/..`, `${FACES}/a.b`])
      expect(() => placeOfConcept(wrong)).toThrow(
        `${wrong}: no such concept comes with the package; choose `,
      );
  });
});
