import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const engine = new URL('../../dist/index.js', import.meta.url);

const program = `
  import { input, mul, reduceSum, float32, zeros, optim, TrainingState } from ${JSON.stringify(engine.href)};
  const [x, w] = [input('x', [2]), input('w', [2])];
  const state = new TrainingState({ w: float32([1, 2]) });
  const trainer = await optim.createTrainer({
    loss: reduceSum(mul(x, w)), parameters: { w }, optimizer: optim.sgd({ learningRate: 1 }), state, outputs: {}, shards: 2, threads: 2,
  });
  const feeds = { x: float32([1, 2]) };
  await trainer.step([feeds, feeds]);
  console.log([...state.get('w').data].join());`;

it.skipIf(!existsSync(engine))(
  'threads that wait for the next step let the process end, also if nobody released them',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    });
    expect(stdout).toBe('-1,-2\n');
  },
  30_000,
);
