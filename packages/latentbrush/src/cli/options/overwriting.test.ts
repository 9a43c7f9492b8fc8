import type { Command } from 'commander';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture, writePicture } from '../../image/index.ts';
import { dataCommand } from '../commands/data/command.ts';
import { dreamCommand } from '../commands/dream/command.ts';
import { exportCommand } from '../commands/export.ts';
import { ganCommand } from '../commands/gan/command.ts';
import { compare } from '../commands/remake/compare.ts';
import { remakeCommand } from '../commands/remake/command.ts';
import { styleCommand } from '../commands/style/command.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';
import { textCommand } from '../commands/text/command.ts';
import { vaeCommand } from '../commands/vae/command.ts';

const dreaming = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '1', '--threads', '1'];
const painting = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2'];
const once = [...painting, '--rounds', '1', '--evaluations', '2', '--height', '64', '--threads', '1'];

/** Pictures, folders of pictures, links, and an imitation of a run. All is refused here, so nothing in it ever changes. */
let folder: string;

beforeAll(async () => {
  const photo = pattern(110, 100);
  folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  const pictures = {
    'cat.png': photo,
    'wave.png': pattern(90, 99, 3),
    'mask.png': pattern(20, 20),
    'film/frame1.png': photo,
    'film/frame2.png': photo,
    'run/samples/step-1.png': photo,
    'out-rounds/round-02.png': photo,
    'out-octave-2.png': photo,
    'wave-dream.png': photo,
    'wave-again.png': photo,
  };
  for (const [path, source] of Object.entries(pictures)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writePicture(join(folder, path), source);
  }
  await mkdir(join(folder, 'run', 'checkpoints'));
  for (const file of [
    'run/run.json',
    'run/metrics.jsonl',
    'run/checkpoints/step-1.safetensors',
    'left.json',
    'images.idx',
    'labels.idx',
  ])
    // prettier-ignore
    await writeFile(join(folder, file), '{}');
  await mkdir(join(folder, 'sub'));
  await symlink(join('..', 'cat.png'), join(folder, 'sub', 'soft.png'));
  await link(join(folder, 'wave.png'), join(folder, 'sub', 'hard.png'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** For each command that writes a file: its arguments, the target, and which input that is. */
const cases: readonly (readonly [command: string, args: string, target: string, input: string])[] = [
  ['dream', 'cat.png', 'cat.png', 'cat.png'],
  ['dream', 'cat.png', 'sub/../cat.png', 'cat.png'],
  ['dream', 'cat.png', 'sub/soft.png', 'cat.png'],
  ['dream', 'sub/soft.png', 'cat.png', 'sub/soft.png'],
  ['dream', 'cat.png --guide wave.png', 'sub/hard.png', 'wave.png'],
  ['dream', 'cat.png --mask mask.png', 'mask.png', 'mask.png'],
  ['dream', 'cat.png --weights wave.png', 'wave.png', 'wave.png'],
  ['dream', 'cat.png --backbone wave.png', 'wave.png', 'wave.png'],
  ['dream', 'cat.png --explore 2', 'cat.png', 'cat.png'],
  ['dream', 'cat.png --zoom 1.1', 'cat.png', 'cat.png'],
  ['dream', 'film', 'film/frame2.png', join('film', 'frame2.png')],
  ['dream', 'wave.png --guide wave-dream.png', '', 'wave-dream.png'], // the default target
  ['dream', 'cat.png --save-octaves --octaves 2 --mask out-octave-2.png', 'out.png', 'out-octave-2.png'],
  ['style', 'cat.png wave.png', 'cat.png', 'cat.png'],
  ['style', 'cat.png wave.png', 'wave.png', 'wave.png'],
  ['style', 'cat.png wave.png --mask mask.png', 'mask.png', 'mask.png'],
  ['style', 'out-rounds/round-02.png wave.png', 'out.png', 'out-rounds/round-02.png'],
  ['style apply', 'run cat.png', 'cat.png', 'cat.png'],
  ['style apply', 'run cat.png', 'run/samples/step-1.png', join('run', 'samples', 'step-1.png')],
  ['style apply', 'run film', 'film/frame1.png', join('film', 'frame1.png')],
  ['text sample', 'run', 'run/run.json', join('run', 'run.json')],
  ['text sample', 'run --prompt-file left.json', 'left.json', 'left.json'],
  ['vae grid', 'run', 'run/run.json', join('run', 'run.json')],
  ['vae sample', 'run', 'run/checkpoints/step-1.safetensors', join('run', 'checkpoints', 'step-1.safetensors')], // prettier-ignore
  ['vae reconstruct', 'run cat.png wave.png', 'wave.png', 'wave.png'],
  ['vae encode', 'run cat.png', 'cat.png', 'cat.png'],
  ['vae decode', 'run seed:1 left.json', 'left.json', 'left.json'],
  ['vae interpolate', 'run cat.png wave.png', 'cat.png', 'cat.png'],
  ['vae walk', 'run', 'run/metrics.jsonl', join('run', 'metrics.jsonl')],
  ['vae map', 'run film', 'film/frame1.png', join('film', 'frame1.png')],
  ['vae concept', 'run --from film --to sub', 'cat.png', join('sub', 'soft.png')],
  ['vae bend', 'run cat.png --concept left.json', 'left.json', 'left.json'],
  ['vae neighbors', 'run cat.png', 'cat.png', 'cat.png'],
  ['gan decode', 'run 1 left.json', 'left.json', 'left.json'],
  ['gan sample', 'run', 'run/run.json', join('run', 'run.json')],
  ['gan interpolate', 'run 1 2', 'run/run.json', join('run', 'run.json')],
  ['gan walk', 'run', 'run/run.json', join('run', 'run.json')],
  ['gan progress', 'run', 'run/samples/step-1.png', join('run', 'samples', 'step-1.png')],
  ['gan concept', 'run film --label x', 'film/frame1.png', join('film', 'frame1.png')],
  ['gan bend', 'run 1 --concept left.json', 'left.json', 'left.json'],
  ['data preview', 'film', 'film/frame2.png', join('film', 'frame2.png')],
  ['data preview', 'images.idx,labels.idx', 'labels.idx', 'labels.idx'],
  ['export', 'run', 'run/run.json', join('run', 'run.json')],
  ['remake', 'cat.png', 'cat.png', 'cat.png'],
];

/** Names of a command and those below it that have an option `-o`. */
function writing(command: Command, above = ''): { name: string; command: Command }[] {
  const name = `${above}${command.name()}`;
  const own = command.options.some(({ short }) => short === '-o') ? [{ name, command }] : [];
  return [...own, ...command.commands.flatMap((below) => writing(below, `${name} `))];
}

const commands = [dataCommand, dreamCommand, exportCommand, ganCommand, remakeCommand, styleCommand, textCommand, vaeCommand].flatMap((make) => writing(make())); // prettier-ignore

describe('a command that writes a file', { timeout: 60_000 }, () => {
  it('is in the list below, and has an option to overwrite', () => {
    expect(new Set(cases.map(([command]) => command))).toEqual(new Set(commands.map(({ name }) => name)));
    for (const { name, command } of commands)
      expect(command.helpInformation(), name).toContain('--overwrite-input');
  });

  it.each(cases)('%s %s -o %s is refused: it is %s', async (command, args, target, input) => {
    const words = [...command.split(' '), ...args.split(' '), ...(target === '' ? [] : ['-o', target])];
    const line = await refusal(words, folder);
    const file = target === '' || target === 'out.png' ? (expect.any(String) as unknown) : target;
    const told = /^error: (.*): is the same file as the input (.*); (.*)\n$/.exec(line);
    expect(told?.slice(1), line).toEqual([
      file,
      input,
      'choose another name with -o, or allow it with --overwrite-input',
    ]);
  });

  it('accepts files that are not inputs, or do not exist', async () => {
    const elsewhere = await folderOfPictures({ 'film/1.png': pattern(60, 50) });
    for (const target of ['other.gif', 'other.gif', join('film', 'new.gif')]) {
      const args = ['dream', 'film', ...dreaming, '-o', target, '--quiet'];
      expect(await call(args, elsewhere)).toMatchObject({ code: 0, stderr: '' });
    }
    // By now new.gif is a picture of the folder.
    expect(await refusal(['dream', 'film', '-o', 'film/new.gif'], elsewhere)).toMatch(/is the same file as/);
    expect(await refusal(['dream', 'film', '-o', 'film'], elsewhere)).toMatch(
      /film: already contains files; choose an empty or a new folder/,
    );
  });
});

describe('--overwrite-input', { timeout: 60_000 }, () => {
  it('lets a picture and a style be overwritten', async () => {
    const photo = pattern(110, 100);
    const elsewhere = await folderOfPictures({ 'cat.png': photo, 'wave.png': pattern(90, 99, 3) });
    const changed = async (args: readonly string[], file: string): Promise<void> => {
      const before = await readFile(join(elsewhere, file));
      const { code, stderr } = await call([...args, '--overwrite-input', '--quiet'], elsewhere);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(before.equals(await readFile(join(elsewhere, file)))).toBe(false);
    };
    await changed(['dream', 'cat.png', ...dreaming, '-o', 'cat.png'], 'cat.png');
    await changed(
      ['style', 'cat.png', 'wave.png', ...once, '-o', 'wave.png', '--no-save-rounds'],
      'wave.png',
    );
  });

  it('of remake compares with the old file, not with the new one', async () => {
    const elsewhere = await folderOfPictures({
      'cat.png': pattern(110, 100),
      'dog.png': pattern(110, 100, 2),
    });
    await call(['dream', 'cat.png', ...dreaming, '-o', 'dream.png', '--quiet'], elsewhere);
    const args = ['remake', 'dream.png', '-o'];
    expect(await refusal([...args, 'dream.png'], elsewhere)).toMatch(/same file as the input dream\.png/);
    expect(await refusal([...args, 'cat.png'], elsewhere)).toMatch(/same file as the input cat\.png/); // of its recipe
    const original = await readPicture(join(elsewhere, 'dream.png'));
    const { code, stderr } = await call([...args, 'dream.png', '--overwrite-input'], elsewhere);
    expect({ code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'the same picture, pixel by pixel',
    });
    expect(compare(await readPicture(join(elsewhere, 'dream.png')), original)).toBe(0);
  });

  it('is also needed for a picture that a run names, and for a default name', async () => {
    const pictures = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`pics/${i}.png`, pattern(16, 16, i + 1)]),
    );
    const elsewhere = await folderOfPictures({ ...pictures, 'reconstructions.png': pattern(16, 16) });
    const small = ['--size', '8', '--filters', '4', '--batch-size', '4', '--threads', '1', '--epochs', '1'];
    const train = ['vae', 'train', 'pics', '--run', 'run', ...small, '--validation', '0', '--quiet'];
    expect((await call(train, elsewhere)).code).toBe(0);
    const before = await readdir(elsewhere);
    const show = ['vae', 'reconstruct', 'run'];
    expect(await refusal([...show, '-o', 'pics/3.png'], elsewhere)).toMatch(/is the same file as .*3\.png/);
    expect(await refusal([...show, 'reconstructions.png'], elsewhere)).toMatch(
      /^error: reconstructions\.png: is the same file as the input reconstructions\.png;/,
    );
    expect(await readdir(elsewhere)).toEqual(before);
    const allowed = await call([...show, '-o', 'pics/3.png', '--overwrite-input', '--quiet'], elsewhere);
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
  });
});
