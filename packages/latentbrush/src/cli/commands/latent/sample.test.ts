import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture, readRecipe } from '../../../image/index.ts';
import { jsonLines, type Finished } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';
import { folderWithRuns, succeeded } from './testing/runs.ts';

let folder: string;
beforeAll(async () => {
  folder = await folderWithRuns(['vae', 'gan', 'kinds']);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<Finished> => succeeded(folder, args);

const at = (name: string): string => join(folder, name);
const bytes = (name: string): Promise<Buffer> => readFile(at(name));

describe.each(['vae', 'gan'] as const)('%s sample into a folder', (system) => {
  const size = { vae: 8, gan: 16 }[system];

  it('writes one picture for each seed, at its own size, each with its recipe', async () => {
    const out = `${system}-singles`;
    const { stdout } = await run(system, 'sample', `runs/${system}`, '-o', out, '--seeds', '10-12,7');
    expect(stdout).toBe(`${out}\n`);
    const names = ['seed-10.png', 'seed-11.png', 'seed-12.png', 'seed-7.png'];
    expect((await readdir(at(out))).sort()).toEqual(names);
    for (const name of names)
      expect(await readPicture(at(`${out}/${name}`))).toMatchObject({ height: size, width: size });
    expect(await readRecipe(at(`${out}/seed-7.png`))).toMatchObject({
      job: `${system}.sample`,
      seed: 7,
      options: { seeds: '7', alone: true, run: system },
      inputs: [{ name: expect.stringMatching(/^step-\d+\.safetensors$/) as string }],
    });
  });

  it('gives a seed the same picture in every call, and adds to the folder', async () => {
    const out = `${system}-more`;
    await run(system, 'sample', `runs/${system}`, '-o', out, '--seeds', '3,4');
    const three = await bytes(`${out}/seed-3.png`);
    await run(system, 'sample', `runs/${system}`, '-o', out, '--seeds', '1-20,3');
    expect(await bytes(`${out}/seed-3.png`)).toEqual(three);
    expect(await readdir(at(out))).toHaveLength(20);
    // Without --seeds there are --count seeds, from --seed on.
    await run(system, 'sample', `runs/${system}`, '-o', `${out}-2`, '--count', '2', '--seed', '3');
    expect((await readdir(at(`${out}-2`))).sort()).toEqual(['seed-3.png', 'seed-4.png']);
    expect(await bytes(`${out}-2/seed-3.png`)).toEqual(three);
  });

  it('writes an event for each picture with --json', async () => {
    const { stdout } = await run(system, 'sample', `runs/${system}`, '-o', `${system}-json`, '--seeds', '5', '--json'); // prettier-ignore
    const [picture, done] = jsonLines(stdout);
    expect(picture).toMatchObject({ type: 'picture', seed: 5, path: `${system}-json/seed-5.png` });
    expect(done).toEqual({ type: 'done', reason: 'finished', count: 1, path: `${system}-json` });
    await writeFile(at(`${system}-lines.json`), stdout);
    for (const [point, name] of [
      [`${system}-lines.json`, 'of-lines.png'],
      ['seed:5', 'of-seed.png'],
    ] as const)
      await run(system, 'decode', `runs/${system}`, point, '-o', name);
    expect(await readPicture(at('of-lines.png'))).toEqual(await readPicture(at('of-seed.png')));
  });

  it('writes each of them again with remake', async () => {
    await run(system, 'sample', `runs/${system}`, '-o', `${system}-again`, '--seeds', '8');
    const { stderr } = await run('remake', `${system}-again/seed-8.png`, '-o', 'again.png');
    expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
  });

  it('gives the picture that decode gives for the seed, the numbers and the file of --json', async () => {
    const sheet = ['sample', `runs/${system}`, '--seeds', '7,9', '--json', '-o', `${system}-sheet.png`];
    const { stdout } = await run(system, ...sheet);
    await writeFile(at(`${system}-points.json`), stdout);
    const [first, second] = (jsonLines(stdout)[0] as { points: number[][] }).points;
    const ways = [['seed:7', 'seed:9'], [first!.join(','), second!.join(',')], [`${system}-points.json`]];
    const expected = await readPicture(at(`${system}-sheet.png`));
    for (const points of ways) {
      await run(system, 'decode', `runs/${system}`, ...points, '-o', `${system}-decoded.png`);
      expect(await readPicture(at(`${system}-decoded.png`))).toEqual(expected);
    }
  });

  it('refuses wrong seeds, too many, and both options for their number', async () => {
    const asked = [system, 'sample', `runs/${system}`, '-o', 'none'];
    for (const seeds of ['x', '5-3', '1,', '-4', '1.5'])
      expect(await refusal([...asked, `--seeds=${seeds}`], folder)).toMatch(
        /--seeds: ".*" was given; write whole numbers and ranges, such as 10-200,7/,
      );
    expect(await refusal([...asked, '--seeds', '1-999999999999999'], folder)).toMatch(
      /names more than 100000 seeds/,
    );
    expect(await refusal([...asked, '--seeds', '1', '--count', '2'], folder)).toMatch(
      /--seeds and --count were given; choose one/,
    );
    expect(await refusal([...asked, '--seeds', '1', '--seed', '2'], folder)).toMatch(
      /--seeds and --seed were given; choose one/,
    );
    expect(await readdir(folder)).not.toContain('none');
  });

  it('uses the given checkpoint, and lists the existing ones', async () => {
    const pictureOf = async (which: string): Promise<Buffer> => {
      await run(system, 'sample', `runs/${system}`, '-o', `${system}-${which}`, '--seeds', '1', '--checkpoint', which); // prettier-ignore
      return bytes(`${system}-${which}/seed-1.png`);
    };
    const steps = (await readdir(at(`runs/${system}/checkpoints`)))
      .flatMap((name) => /^step-(\d+)/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    expect(steps).toHaveLength(2);
    const [old, latest] = [await pictureOf(String(steps[0])), await pictureOf(String(steps[1]))];
    expect(await pictureOf('latest')).toEqual(latest);
    expect(old).not.toEqual(latest);
    const { stderr } = await run('remake', `${system}-${steps[0]!}/seed-1.png`, '-o', 'old.png');
    expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    const exported = async (which: number): Promise<Buffer> => {
      const file = { vae: 'model/decoder.onnx', gan: 'model.onnx' }[system];
      const target = { vae: 'model', gan: 'model.onnx' }[system];
      await run('export', `runs/${system}`, '--checkpoint', String(which), '-o', target);
      return bytes(file);
    };
    expect(await exported(steps[0]!)).not.toEqual(await exported(steps[1]!));
    expect(await refusal([system, 'walk', `runs/${system}`, '--checkpoint', '999'], folder)).toContain(
      `--checkpoint: "999" was given; expected best, latest or the step of a kept checkpoint: ${steps.join(', ')}`,
    );
  });
});

describe.each(['vae', 'gan'] as const)('%s decode into a folder', (system) => {
  const of = [system, 'decode', `runs/${system}`];
  const pixels = (name: string): Promise<unknown> => readPicture(at(name));

  it('writes each picture at its own size, named by its seed or its place', async () => {
    const sampled = ['sample', `runs/${system}`, '--seeds', '7-8'];
    const { stdout } = await run(system, ...sampled, '--json', '-o', `${system}-two.png`);
    await writeFile(at(`${system}-two.json`), stdout);
    const { points } = jsonLines(stdout)[0] as { points: number[][] };
    const out = `${system}-decoded`;
    const given = ['seed:7', 'seed:7', points[1]!.join(','), `${system}-two.json`];
    const { stdout: said } = await run(...of, ...given, '-o', out, '--json');
    expect(jsonLines(said).at(-1)).toEqual({ type: 'done', reason: 'finished', count: 4, path: out });
    const names = ['point-3.png', 'point-4.png', 'point-5.png', 'seed-7.png'];
    expect((await readdir(at(out))).sort()).toEqual(names);
    await run(system, ...sampled, '-o', `${system}-sampled`);
    expect(await pixels(`${out}/seed-7.png`)).toEqual(await pixels(`${system}-sampled/seed-7.png`));
    expect(await pixels(`${out}/point-3.png`)).toEqual(await pixels(`${system}-sampled/seed-8.png`));
    expect(await pixels(`${out}/point-4.png`)).toEqual(await pixels(`${system}-sampled/seed-7.png`));
    expect(await pixels(`${out}/point-5.png`)).toEqual(await pixels(`${system}-sampled/seed-8.png`));
    // Its events are a file of points again.
    await writeFile(at(`${system}-lines.json`), said);
    await run(...of, `${system}-lines.json`, '-o', `${system}-lines`);
    expect(await pixels(`${system}-lines/point-4.png`)).toEqual(await pixels(`${out}/point-5.png`));
  });

  it('writes each of them again with remake, from one file only its own picture', async () => {
    await writeFile(
      at('three.json'),
      JSON.stringify([1, 2, 3].map((x) => Array<number>({ vae: 3, gan: 6 }[system]).fill(x / 3))),
    );
    await run(...of, 'seed:9', 'three.json', '-o', `${system}-each`);
    expect(await readRecipe(at(`${system}-each/point-3.png`))).toMatchObject({
      job: `${system}.decode`,
      options: { points: [{ file: 0, number: 2 }], alone: true },
    });
    for (const name of ['seed-9.png', 'point-3.png']) {
      const { stderr } = await run('remake', `${system}-each/${name}`, '-o', 'again.png', '--inputs', '.');
      expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
    }
  });

  it('refuses a file in place of the folder, and leaves no folder for a wrong point', async () => {
    await writeFile(at('taken'), 'a text');
    expect(await refusal([...of, 'seed:1', '-o', 'taken'], folder)).toMatch(/^error: taken: is a file/);
    expect(await refusal([...of, 'seed:1', '1,2', '-o', 'no-folder'], folder)).toMatch(/1,2: has 2 numbers/);
    expect(await readdir(folder)).not.toContain('no-folder');
  });
});

it('a run by class: a seed has the given class, or the first, in every command', async () => {
  const single = async (...args: string[]): Promise<unknown> => {
    await run('gan', ...args, '-o', 'kind.png');
    return readPicture(at('kind.png'));
  };
  const first = await single('sample', 'runs/kinds', '--seeds', '5');
  expect(await single('decode', 'runs/kinds', '5')).toEqual(first);
  expect(await single('sample', 'runs/kinds', '--seed', '5', '--count', '1')).toEqual(first);
  expect(await single('sample', 'runs/kinds', '--seeds', '5', '--class', 'red')).not.toEqual(first);
});

it('gan decode refuses a point of another space', async () => {
  const decode = ['gan', 'decode', 'runs/gan'];
  await writeFile(at('two.json'), '[1, 2]');
  await writeFile(at('none.json'), '{"mean": "far"}');
  expect(await refusal([...decode, 'x.png'], folder)).toMatch(/"x\.png": is not a seed; give whole numbers/);
  expect(await refusal([...decode, '1,2'], folder)).toMatch(/1,2: has 2 numbers; the latent space .* 6/);
  expect(await refusal([...decode, 'two.json'], folder)).toMatch(/two\.json: has 2 numbers/);
  expect(await refusal([...decode, 'none.json'], folder)).toMatch(/none\.json: contains no point/);
  expect(await refusal([...decode, 'seed:x'], folder)).toMatch(/a whole number of at least 0 is needed/);
});
