import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../graph/graph.ts';
import { input } from '../../graph/tensor.ts';
import * as op from '../../ops/index.ts';
import { decodeOnnx } from '../read/decode.ts';
import { encodeOnnx } from './encode.ts';
import { everything, lstmStep } from './testing/graphs.ts';

describe('encoding', () => {
  it('of the same graph gives the same bytes, independent of earlier graphs', () => {
    expect(encodeOnnx(new Graph(lstmStep()))).toEqual(encodeOnnx(new Graph(lstmStep())));
  });

  it('stores equal small constants once', () => {
    const x = input('x', [2]);
    const { values } = decodeOnnx(encodeOnnx(new Graph({ y: op.mul(op.add(x, 2), 2) })));
    expect([...values.values()].filter(({ source }) => source.kind === 'constant')).toHaveLength(1);
  });

  const checker = '/usr/bin/python3';
  const hasChecker = succeeds(() => execFileSync(checker, ['-c', 'import onnx'], { stdio: 'ignore' }));
  it.skipIf(!hasChecker)('passes the ONNX checker (skipped where python3-onnx is not installed)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latentbrush-onnx-'));
    try {
      for (const [name, outputs] of Object.entries({ everything: everything(), lstmStep: lstmStep() })) {
        const path = join(folder, `${name}.onnx`);
        writeFileSync(path, encodeOnnx(new Graph(outputs)));
        const program = `import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)`;
        execFileSync(checker, ['-c', program, path]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
