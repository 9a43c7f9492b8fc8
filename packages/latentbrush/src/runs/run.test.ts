import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createRun, openRun, updateExtra, type RunOptions } from './run.ts';

const given = {
  system: 'text',
  options: { units: 128, level: 'char' },
  seed: 7,
  extra: { vocabulary: ['a', 'ä'] },
};

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return error instanceof Error ? error.message : '';
}

describe('a run', () => {
  it('is opened as it was created', async () => {
    const folder = join(await temporaryFolder(), 'runs', 'whale');
    const made = await createRun(folder, given);
    expect(made).toMatchObject({ folder, ...given });
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    expect(made.versions).toHaveProperty('node', process.versions.node);
    expect(made.versions.latentbrush).toMatch(/^\d+\.\d+\.\d+/);
    expect(await openRun(folder)).toEqual(made);
    expect(await openRun(folder, { system: 'text' })).toEqual(made);
  });

  it('says in run.json what the file is', async () => {
    const folder = await temporaryFolder();
    await createRun(folder, given);
    const contents: unknown = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    expect(contents).toMatchObject({ format: 'latentbrush-run', version: 1, ...given });
  });
});

describe('the id of a run', () => {
  const idOf = async (options: Partial<RunOptions>): Promise<string | undefined> =>
    (await createRun(join(await temporaryFolder(), 'run'), { ...given, ...options })).id;

  it('is the same for the same training in any folder, and another for any other', async () => {
    const id = await idOf({});
    expect(await idOf({})).toBe(id);
    for (const other of [{ system: 'gan' }, { seed: 77 }, { options: {} }, { extra: { other: 1 } }])
      expect(await idOf(other)).not.toBe(id);
  });

  it('does not depend on paths if the caller names what identifies the data', async () => {
    const here = await idOf({ extra: { source: 'here', sha256: 'ab' }, identity: 'ab' });
    expect(await idOf({ extra: { source: 'there', sha256: 'ab' }, identity: 'ab' })).toBe(here);
    expect(await idOf({ extra: { source: 'here', sha256: 'cd' }, identity: 'cd' })).not.toBe(here);
  });

  it('stays when the records of a run change', async () => {
    const folder = join(await temporaryFolder(), 'run');
    const { id } = await createRun(folder, given);
    await updateExtra(folder, { source: 'elsewhere' });
    expect((await openRun(folder)).id).toBe(id);
  });

  it('may be missing, as in runs of version 0.1.0; another form is damage', async () => {
    const folder = join(await temporaryFolder(), 'run');
    const { id } = await createRun(folder, given);
    const file = join(folder, 'run.json');
    const contents = await readFile(file, 'utf8');
    await writeFile(file, contents.replace(id!, '../../elsewhere'));
    expect(await messageOf(openRun(folder))).toMatch(/run\.json: damaged at id /);
    await writeFile(file, contents.replace(/ *"id": .*\n/, ''));
    expect((await openRun(folder)).id).toBeUndefined();
  });
});

describe('createRun refuses', () => {
  it('a folder that is a run already, and says how to continue it', async () => {
    const folder = await temporaryFolder();
    await createRun(folder, given);
    expect(await messageOf(createRun(folder, given))).toContain(
      `${folder}: already contains a run; continue it with text.resume, or choose another folder`,
    );
  });

  it('a folder with other files, which do not change', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'thesis.txt'), 'mine');
    expect(await messageOf(createRun(folder, given))).toMatch(
      /contains other files; choose an empty or a new folder/,
    );
    expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('a file, and a path that leads through a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    expect(await messageOf(createRun(file, given))).toBe(`${file}: is a file; choose a folder`);
    expect(await messageOf(createRun(join(file, 'run'), given))).toMatch(/is a file, not a folder/);
  });
});

describe('openRun refuses', () => {
  it.each([
    ['a folder without run.json', 'empty', /not a run \(it has no run\.json\)/],
    ['a folder that does not exist', 'missing', /no such folder/],
    ['a file', 'file', /is a file, not a run/],
  ])('%s', async (_, name, message) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'file'), '');
    expect(await messageOf(openRun(join(folder, name)))).toMatch(message);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['an empty run.json', () => '', /run\.json: damaged \(incomplete JSON\)/],
    ['a truncated one', (text) => text.slice(0, -10), /run\.json: damaged \(incomplete JSON\)/],
    ['one of another program', () => '{"name":"x"}', /run\.json: not written by latentbrush/],
    ['a list', () => '[]', /run\.json: not written by latentbrush/],
    [
      'one of a newer version',
      (text) => text.replace('"version": 1', '"version": 2'),
      /format version 2.*up to 1; update/,
    ],
    ['one with an invalid seed', (text) => text.replace('"seed": 7', '"seed": "7"'), /damaged at seed/],
  ])('%s', async (_, change, message) => {
    const folder = await temporaryFolder();
    await createRun(folder, given);
    const file = join(folder, 'run.json');
    await writeFile(file, change(await readFile(file, 'utf8')));
    expect(await messageOf(openRun(folder))).toMatch(message);
  });

  it('a run of another system', async () => {
    const folder = await temporaryFolder();
    await createRun(folder, given);
    expect(await messageOf(openRun(folder, { system: 'gan' }))).toContain("a run of 'text', not of 'gan'");
  });
});
