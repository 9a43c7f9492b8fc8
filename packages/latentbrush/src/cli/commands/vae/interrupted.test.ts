import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { pictureAt } from '../../../data/index.ts';
import { writePicture } from '../../../image/index.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { dots } from '../../../vae/testing/dots.ts';
import { call } from '../../testing/call.ts';
import { built, finish, jsonLines, start } from '../../testing/program.ts';

const options = ['--size', '8', '--channels', '1', '--filters', '4', '--threads', '1', '--samples', '1'];
// Four steps an epoch; the weight of the KL divergence grows through most of the training.
const training = [
  ...options,
  '--batch-size',
  '4',
  '--epochs',
  '4',
  '--kl-warmup',
  '2.5',
  '--free-bits',
  '0.1',
];

/** A folder with pictures, and a run on them that nothing interrupted. */
async function folderWithRun(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'pics'));
  const pictures = dots(16);
  for (let i = 0; i < pictures.count; i++)
    await writePicture(join(folder, 'pics', `${i}.png`), pictureAt(pictures, i));
  const args = ['vae', 'train', 'pics', '--run', 'whole', '--checkpoint-every', '3', ...training];
  expect(await call(args, folder)).toMatchObject({ code: 0 });
  return folder;
}

/** Sends a signal after a training has reported a number of steps. */
function killAfter(child: ChildProcessWithoutNullStreams, steps: number, signal: NodeJS.Signals): void {
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk.split('"type":"step"').length - 1;
    if (seen >= steps && !child.killed) child.kill(signal);
  });
}

async function expectSameRun(actual: string, expected: string): Promise<void> {
  const files = [
    'metrics.jsonl',
    ...(await readdir(join(expected, 'samples'))).map((name) => `samples/${name}`),
  ];
  for (const file of files)
    expect((await readFile(join(actual, file))).equals(await readFile(join(expected, file))), file).toBe(
      true,
    );
  const newest = (await readdir(join(expected, 'checkpoints'))).sort().at(-1)!;
  const [a, b] = await Promise.all(
    [actual, expected].map(async (run) =>
      decodeSafetensors(await readFile(join(run, 'checkpoints', newest))),
    ),
  );
  expect(a!.tensors).toEqual(b!.tensors);
}

describe.skipIf(!built)('a VAE training that is ended from outside (needs the build in dist/)', () => {
  it('on Ctrl-C saves, says how to continue and ends with 130; the resumed run has the result of an uninterrupted one', async () => {
    const folder = await folderWithRun();
    const args = ['vae', 'train', 'pics', '--run', 'r', '--checkpoint-every', '3', ...training];
    const child = start([...args, '--json'], folder);
    killAfter(child, 2, 'SIGINT');
    const { code, stdout } = await finish(child);
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await call(['vae', 'train', '--resume', 'r'], folder)).toMatchObject({ code: 0 });
    await expectSameRun(join(folder, 'r'), join(folder, 'whole'));
  }, 60_000);

  it('killed at any moment loses only time: losses, pictures and weights are those of an uninterrupted run', async () => {
    const folder = await folderWithRun();
    const args = ['vae', 'train', 'pics', '--run', 'r', '--checkpoint-every', '3', ...training, '--json'];
    let child = start(args, folder);
    for (const steps of [2, 4, 3]) {
      killAfter(child, steps, 'SIGKILL');
      expect((await finish(child)).code).toBeNull();
      child = start(['vae', 'train', '--resume', 'r', '--json'], folder);
    }
    expect(await finish(child)).toMatchObject({ code: 0 });
    await expectSameRun(join(folder, 'r'), join(folder, 'whole'));
  }, 120_000);
});
