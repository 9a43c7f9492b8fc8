import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePicture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { call } from '../testing/call.ts';
import { pattern } from '../testing/pictures.ts';
import { jsonLines } from '../testing/program.ts';
import { refusal } from '../testing/refusal.ts';

const BATCH = '--batch is now --batch-size; the next version removes the old name';
const LATENT = '--latent is now --latent-dim; the next version removes the old name';

const text = [
  'text',
  'train',
  'rhyme.txt',
  '--units',
  '4',
  '--window',
  '8',
  '--threads',
  '1',
  '--max-steps',
  '2',
];
const vae = ['vae', 'train', 'pics', '--size', '8', '--filters', '4', '--epochs', '1', '--validation', '0'];

async function folderWithData(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'rhyme.txt'), 'the quick brown fox jumps over the lazy dog.\n'.repeat(9));
  await mkdir(join(folder, 'pics'));
  await writePicture(join(folder, 'pics', 'a.png'), pattern(16, 16));
  await writePicture(join(folder, 'pics', 'b.png'), pattern(20, 20));
  return folder;
}

async function optionsOf(folder: string, run: string): Promise<unknown> {
  const { options } = JSON.parse(await readFile(join(folder, run, 'run.json'), 'utf8')) as {
    options: unknown;
  };
  return options;
}

it('flags by their old names work, with a warning of each, also with --quiet', async () => {
  const folder = await folderWithData();
  const read = await call([...text, '--run', 'r', '--batch', '4', '--quiet'], folder);
  expect(read).toMatchObject({ code: 0, stderr: `${BATCH}\n` });
  expect(await optionsOf(folder, 'r')).toMatchObject({ batchSize: 4 });

  const drawn = await call([...vae, '--run', 'v', '--batch', '2', '--latent', '3'], folder);
  expect(drawn, drawn.stderr).toMatchObject({ code: 0 });
  expect(drawn.stderr.split('\n').slice(0, 2)).toEqual([BATCH, LATENT]);
  expect(await optionsOf(folder, 'v')).toMatchObject({ batchSize: 2, latentDim: 3 });

  const now = await call([...text, '--run', 'n', '--batch-size', '4', '--quiet'], folder);
  expect(now).toMatchObject({ code: 0, stderr: '' });
});

it('with --json the warning is an event', async () => {
  const { code, stdout } = await call(
    [...text, '--run', 'r', '--batch', '4', '--json'],
    await folderWithData(),
  );
  expect(code).toBe(0);
  expect(jsonLines(stdout)[0]).toEqual({ type: 'warning', message: BATCH });
});

it('an old flag replaces a default of the preset', async () => {
  const args = ['gan', 'train', 'pics', '--preset', 'dcgan', '--batch', '1', '--run', 'r'];
  const { code, stderr } = await call(args, await folderWithData());
  expect(code).toBe(2);
  expect(stderr).toMatch(/--batch-size: 1 was given/);
});

it('the help names only the new flags', async () => {
  const { stdout } = await call(['vae', 'train', '--help'], await temporaryFolder());
  expect(stdout).toContain('--batch-size <n>');
  expect(stdout).toContain('--latent-dim <n>');
  expect(stdout).not.toMatch(/--batch |--latent /);
});

it('both names at once, a value that is no number, and another size for a run are refused', async () => {
  const folder = await folderWithData();
  expect(await refusal([...text, '--batch', '4', '--batch-size', '4'], folder)).toContain(
    '--batch and --batch-size are the same option; give only --batch-size',
  );
  expect(await refusal([...vae, '--latent', '3', '--latent-dim', '2'], folder)).toContain(
    '--latent and --latent-dim are the same option; give only --latent-dim',
  );
  expect(await refusal([...text, '--batch', 'few'], folder)).toContain('--batch: "few" is not a number');
  expect(await refusal([...text, '--latent', '3'], folder)).toContain("unknown option '--latent'");
  await call([...text, '--run', 'r', '--quiet', '--batch-size', '4'], folder);
  const { code, stderr } = await call(['text', 'train', '--resume', 'r', '--batch', '8'], folder);
  expect(code).toBe(2);
  expect(stderr).toContain(BATCH);
  expect(stderr).toMatch(/only --epochs, --max-steps, --threads and --keep can be changed/);
});

it('--estimate says what a training needs, and does not train', async () => {
  const folder = await folderWithData();
  const said = await call([...vae, '--estimate'], folder);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toMatch(/^about \d+ seconds? for 1 step, about \d+ MiB of memory\n$/);
  const { stdout } = await call([...text, '--estimate', '--json'], folder);
  const [estimate] = jsonLines(stdout);
  expect(estimate).toMatchObject({ type: 'estimate', steps: 2 });
  for (const figure of ['memory', 'seconds']) expect(estimate).toHaveProperty(figure, expect.any(Number));
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

it('--estimate with --resume says what is left of a run, and does not train', async () => {
  const folder = await folderWithData();
  await call([...text, '--run', 'r', '--quiet'], folder);
  const resumed = ['text', 'train', '--resume', 'r', '--estimate'];
  const metrics = await readFile(join(folder, 'r', 'metrics.jsonl'), 'utf8');
  const left = await call([...resumed, '--max-steps', '3'], folder);
  expect(left).toMatchObject({ code: 0, stderr: '' });
  expect(left.stdout).toMatch(/^about 1 second for 1 step, about \d+ MiB of memory\n$/);
  expect((await call(resumed, folder)).stdout).toBe(
    'nothing is left to train: the run has reached its length\n',
  );
  expect(await readFile(join(folder, 'r', 'metrics.jsonl'), 'utf8')).toBe(metrics);
  expect(await refusal([...resumed, '--units', '9'], folder)).toContain('continues with the options');
  expect(await refusal(['text', 'train', '--resume', 'none', '--estimate'], folder)).toContain('none');
});
