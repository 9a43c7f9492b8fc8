import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecipe } from '../../../image/index.ts';
import { folderWithRuns, succeeded } from '../latent/testing/runs.ts';
import { call } from '../../testing/call.ts';
import type { Finished } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';

let folder: string;
beforeAll(async () => {
  folder = await folderWithRuns(['vae', 'gan', 'kinds']);
  await run('vae', 'concept', 'runs/vae', '--label', 'right', '-o', 'right.json');
  await run('vae', 'encode', 'runs/vae', 'vae-pics/left/picture-9.png', '-o', 'point.json');
  await run('gan', 'concept', 'runs/gan', '--label', 'red', '--count', '25', '-o', 'red.json');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<Finished> => succeeded(folder, args);

const at = (name: string): string => join(folder, name);

type Case = [name: string, args: string[]];

const vae = (command: string, ...args: string[]): Case => [`vae ${command}`, ['vae', command, 'runs/vae', ...args]]; // prettier-ignore
const gan = (command: string, ...args: string[]): Case => [`gan ${command}`, ['gan', command, 'runs/gan', ...args]]; // prettier-ignore

const PICTURE = 'vae-pics/left/picture-9.png';
const anyPoints = [PICTURE, 'point.json', '#left', 'seed:4', '-0.5,1,0'];
const pictures: Case[] = [
  vae('sample', '--count', '3', '--seed', '5', '--threads', '1'),
  vae('sample', '--seeds', '3-5,9'),
  vae('grid', '--count', '3', '--axes', '2,0'),
  vae('reconstruct', PICTURE),
  vae('reconstruct', '--count', '3', '--seed', '2'),
  vae('decode', ...anyPoints),
  vae('interpolate', ...anyPoints, '--steps', '2', '--method', 'spherical'),
  vae('bend', PICTURE, 'seed:2', '--concept', 'right.json', '--strength', '-1..1', '--steps', '3'),
  vae('neighbors', '--count', '2', '--seed', '3'),
  vae('neighbors', PICTURE, '--neighbors', '2'),
  vae('map', '--method', 'pca', '--seed', '2'),
  vae('map', 'vae-pics', '--count', '20'),
  gan('sample', '--count', '3', '--truncation', '1'),
  gan('decode', '7', '1,2,3,4,5,6'),
  gan('interpolate', '1', '2', '--steps', '2', '--method', 'linear'),
  gan('bend', '7', '8', '--concept', 'red.json', '--direction', 'logistic', '--steps', '3'),
  ['gan sample --class', ['gan', 'sample', 'runs/kinds', '--class', 'green', '--count', '2']],
];
const animations: Case[] = [
  vae('walk', '--points', '2', '--steps', '3', '--fps', '10'),
  vae('interpolate', PICTURE, '#right', '--steps', '3'),
  vae('bend', 'seed:1', '--concept', 'right.json', '--steps', '3'),
  gan('walk', '--points', '2', '--steps', '3', '--truncation', '1'),
  gan('interpolate', '3', '5', '--steps', '3'),
  gan('bend', '3', '--concept', 'red.json', '--steps', '3'),
  gan('progress', '--fps', '2'),
];
const results: Case[] = [
  vae('concept', '--label', 'left', '--against', 'right', '--name', 'to the left'),
  vae('concept', '--from', 'vae-pics/left', '--to', 'vae-pics/right'),
  vae('encode', PICTURE),
  gan('concept', '--label', 'red|green', '--against', 'blue', '--count', '25'),
  gan('concept', 'gan-pics', '--label', 'red', '--count', '25', '--seed', '3'),
];

describe('latentbrush remake of results of a latent space', { timeout: 60_000 }, () => {
  const kinds: [string, Case[], RegExp][] = [
    ['png', pictures, /^the same picture, pixel by pixel$/m],
    ['gif', animations, /^the same animation, byte by byte$/m],
    ['json', results, /^the same, number by number$/m],
  ];
  const cases = kinds.flatMap(([ending, all, same]) =>
    all.map(([name, args], index) => ({
      name: `${name} .${ending}`,
      args,
      same,
      file: `${index}.${ending}`,
    })),
  );
  it.each(cases)('$name', async ({ args, same, file }) => {
    await run(...args, '-o', file);
    const job = args.slice(0, 2).join('.');
    if (!file.endsWith('.json')) expect((await readRecipe(at(file)))?.job).toBe(job);
    const inputs = ['runs/gan', 'vae-pics', 'vae-pics/left'].flatMap((name) => ['--inputs', name]);
    const remade = await call(['remake', file, ...inputs], folder);
    expect(remade, remade.stderr).toMatchObject({ code: 0 });
    expect(remade.stderr).toMatch(same);
  });

  it('says that numbers differ, with code 3', async () => {
    const { mean, ...rest } = JSON.parse(await readFile(at('point.json'), 'utf8')) as { mean: number[] };
    await writeFile(at('moved.json'), JSON.stringify({ ...rest, mean: mean.map((x) => x + 1) }));
    const { code, stderr } = await call(['remake', 'moved.json', '--inputs', 'vae-pics/left'], folder);
    expect(stderr).toMatch(/^it differs: its numbers are not the original's$/m);
    expect(code).toBe(3);
    await writeFile(at('plain.json'), '{"mean": [1]}');
    expect(await refusal(['remake', 'plain.json'], folder)).toMatch(/contains no recipe/);
  });

  it('finds the run in the given place by its checkpoint, and accepts no other', async () => {
    await run('vae', 'sample', 'runs/vae', '--count', '2', '-o', 'moved.png');
    await mkdir(at('alone'));
    await rename(at('moved.png'), at('alone/moved.png'));
    await rename(at('runs'), at('hidden'));
    const remake = ['remake', 'alone/moved.png', '-o', 'alone/again.png'];
    expect(await refusal(remake, folder)).toMatch(/"step-\d+\.safetensors" .* give the folder of its run/);
    await cp(at('hidden/vae'), at('elsewhere'), { recursive: true });
    // Like a run of version 0.1.0, which has no id.
    const description = await readFile(at('elsewhere/run.json'), 'utf8');
    await writeFile(at('elsewhere/run.json'), description.replace(/ *"id": .*\n/, ''));
    expect(await refusal(remake, folder)).toMatch(/ was not found in /);
    expect((await run(...remake, '--inputs', 'elsewhere')).stderr).toMatch(/the same picture/);
    await rename(at('hidden'), at('runs'));
    const [checkpoint] = (await readRecipe(at('alone/moved.png')))!.inputs;
    await rm(at(`elsewhere/checkpoints/${checkpoint!.name}`));
    const left = await readdir(at('elsewhere/checkpoints'));
    const other = left.find((name) => name.startsWith('step-'))!;
    await cp(at(`elsewhere/checkpoints/${other}`), at(`elsewhere/checkpoints/${checkpoint!.name}`));
    await rm(at('elsewhere/checkpoints/best.safetensors'));
    await rename(at('runs'), at('hidden'));
    try {
      expect(await refusal([...remake, '--inputs', 'elsewhere'], folder)).toMatch(
        /is a different file with that name/,
      );
    } finally {
      await rename(at('hidden'), at('runs'));
    }
  });

  it('finds a run by its id, with any folder name, and reports a missing checkpoint', async () => {
    await mkdir(at('shared'));
    await run('vae', 'sample', 'runs/vae', '--count', '2', '-o', 'shared/vae.png');
    await run('gan', 'progress', 'runs/gan', '-o', 'shared/gan.gif');
    for (const system of ['vae', 'gan']) {
      const id = (await readRecipe(at(`shared/${system}.${system === 'vae' ? 'png' : 'gif'}`)))!.options
        .runId;
      expect(JSON.parse(await readFile(at(`runs/${system}/run.json`), 'utf8'))).toMatchObject({ id });
    }
    await rename(at('runs'), at('hidden'));
    await rename(at('hidden/vae'), at('faces')); // in the folder where the command runs
    await rename(at('hidden/gan'), at('shared/discs')); // beside the picture
    expect((await run('remake', 'shared/vae.png')).stderr).toMatch(/the same picture/);
    expect((await run('remake', 'shared/gan.gif')).stderr).toMatch(/the same animation/);
    const checkpoints = at('faces/checkpoints');
    await rename(checkpoints, at('faces/other'));
    expect(await refusal(['remake', 'shared/vae.png'], folder)).toMatch(
      /was not found in shared, \.; faces is its run, but no longer has it; give a copy/,
    );
    await rename(at('faces/other'), checkpoints);
    await rename(at('shared/discs'), at('hidden/gan'));
    await rename(at('faces'), at('hidden/vae'));
    await rename(at('hidden'), at('runs'));
  });

  it('finds the best checkpoint when the one of its step was deleted: it has the same bytes', async () => {
    await cp(at('runs/vae'), at('runs/trained'), { recursive: true });
    const checkpoints = at('runs/trained/checkpoints');
    const latest = (await readdir(checkpoints))
      .filter((name) => name.startsWith('step-'))
      .sort()
      .at(-1)!;
    await cp(join(checkpoints, latest), join(checkpoints, 'best.safetensors'));
    await run('vae', 'sample', 'runs/trained', '--count', '2', '-o', 'best.png');
    await rm(join(checkpoints, latest));
    expect((await run('remake', 'best.png')).stderr).toMatch(/the same picture/);
  });

  it('makes the animation of a training again, also after it continued', async () => {
    await cp(at('runs/gan'), at('runs/longer'), { recursive: true });
    await run('gan', 'progress', 'runs/longer', '-o', 'longer.gif');
    await run('gan', 'train', '--resume', 'runs/longer', '--iterations', '6');
    expect((await run('remake', 'longer.gif')).stderr).toMatch(/the same animation, byte by byte/);
  });
});
