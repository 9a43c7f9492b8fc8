import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { bool, float32, int64, type NDArray } from '../graph/ndarray.ts';
import type { Shape } from '../graph/dtype.ts';
import { compile, type Feeds } from '../session.ts';
import { decodeOnnx } from './decode.ts';

interface Numbers {
  readonly shape: Shape;
  readonly data: readonly string[];
}

interface NodeTest {
  readonly name: string;
  readonly operators: readonly string[];
  readonly model: string;
  readonly feeds: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
}

// The length that scales give is fractional in these, whole in ONNX Runtime and PyTorch.
const FRACTIONAL = [
  'test_resize_downsample_scales_linear_align_corners',
  'test_resize_downsample_scales_cubic_align_corners',
];

const PYTHON = '/usr/bin/python3';
const script = fileURLToPath(new URL('testing/export-node-tests.py', import.meta.url));
const hasOnnx = succeeds(() => execFileSync(PYTHON, ['-c', 'import onnx'], { stdio: 'ignore' }));

// What image networks are made of: each must agree at least once.
const EXPECTED =
  'Add AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose DepthToSpace Div Dropout Einsum Erf Exp Expand Flatten Floor Gather GatherElements Gemm Greater HardSwish LRN LayerNormalization LogSoftmax MatMul Max MaxPool Mean Min Mul Neg Pad Pow Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Resize Shape Sigmoid Slice Softmax SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze Where'.split(
    ' ',
  );

describe.skipIf(!hasOnnx)(
  "ONNX's own tests of operators (skipped where python3-onnx is not installed)",
  () => {
    let tests: NodeTest[] = [];
    beforeAll(() => {
      const lines = execFileSync(PYTHON, [script], {
        maxBuffer: 2 ** 29,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      tests = lines
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as NodeTest);
    }, 120_000);

    it('agree with what is computed here, unless the model is refused', async () => {
      const agreed = new Set<string>();
      let count = 0;
      for (const test of tests) {
        const outputs = decodedOutputs(test);
        if (outputs === undefined || FRACTIONAL.includes(test.name)) continue;
        const session = await compile(outputs, { threads: 1 });
        const results = await session.run(feedsOf(test, session.inputs));
        await session.release();
        for (const [name, wanted] of Object.entries(test.outputs))
          expectClose(test.name, results[name]!, wanted);
        for (const operator of test.operators) agreed.add(operator);
        count += 1;
      }
      expect(EXPECTED.filter((operator) => !agreed.has(operator))).toEqual([]);
      expect(count).toBeGreaterThan(400);
    }, 120_000);
  },
);

function decodedOutputs({ model }: NodeTest) {
  try {
    return decodeOnnx(Buffer.from(model, 'base64')).outputs;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return undefined;
  }
}

function feedsOf({ feeds }: NodeTest, inputs: ReadonlyMap<string, { readonly dtype: string }>): Feeds {
  const fed: Record<string, NDArray> = {};
  for (const [name, { shape, data }] of Object.entries(feeds)) {
    const dtype = inputs.get(name)?.dtype;
    const values = data.map(toNumber);
    if (dtype === 'float32') fed[name] = float32(values, shape);
    if (dtype === 'int64') fed[name] = int64(values, shape);
    if (dtype === 'bool') fed[name] = bool(Uint8Array.from(values), shape);
  }
  return fed;
}

function expectClose(name: string, { shape, data }: NDArray, wanted: Numbers): void {
  expect(shape, name).toEqual(wanted.shape);
  wanted.data.forEach((text, i) => {
    const [found, value] = [Number(data[i]), toNumber(text)];
    // float16 results are computed in float32 here
    const isClose = Math.abs(found - value) <= 2e-3 * Math.max(1, Math.abs(value));
    if (!isClose && !Object.is(found, value))
      throw new Error(`${name}: element ${i} is ${found}, expected ${value}`);
  });
}

function toNumber(text: string): number {
  return text === 'nan'
    ? Number.NaN
    : text.endsWith('inf')
      ? text.startsWith('-')
        ? -Infinity
        : Infinity
      : Number(text);
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
