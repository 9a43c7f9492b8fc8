import { beforeAll, describe, expect, it } from 'vitest';
import {
  backendTests,
  hasBackendTests,
  outcomeOf,
  type BackendTest,
  type Outcome,
} from './testing/backend-tests.ts';

// The output length from scales is fractional in these tests, whole in ONNX Runtime and PyTorch.
const DOUBTFUL = [
  'test_resize_downsample_scales_linear_align_corners',
  'test_resize_downsample_scales_cubic_align_corners',
];

// The operators of image networks: each must agree at least once.
const EXPECTED =
  'Add AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose DepthToSpace Div Dropout Einsum Erf Exp Expand Flatten Floor Gather GatherElements Gemm Greater HardSwish LRN LayerNormalization LogSoftmax MatMul Max MaxPool Mean Min Mul Neg Pad Pow Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Resize Shape Sigmoid Slice Softmax SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze Where'.split(
    ' ',
  );

// `onnx/backend/test/data` of ONNX's repository: if present, its tests run, too.
const FOLDER = process.env.ONNX_TEST_DATA;

describe.skipIf(!hasBackendTests())(
  "ONNX's own backend tests (skipped where python3-onnx is not installed)",
  () => {
    let tests: BackendTest[] = [];
    let outcomes: ReadonlyMap<string, Outcome>;
    const named = (kind: Outcome['kind']): string[] =>
      tests.flatMap(({ name }) => (outcomes.get(name)?.kind === kind ? [name] : []));

    beforeAll(async () => {
      tests = backendTests(FOLDER);
      outcomes = await outcomesOf(tests);
    }, 300_000);

    it('never give a wrong number: the reader refuses in one line what it does not support', () => {
      const wrong = named('wrong').filter((name) => !DOUBTFUL.includes(name));
      expect(wrong.map((name) => `${name}: ${outcomes.get(name)?.why}`)).toEqual([]);
    });

    it('pass, most of them', () => {
      const counts = { passes: named('passes').length, refused: named('refused').length, all: tests.length };
      console.log(`${counts.passes} of ${counts.all} pass, ${counts.refused} are refused`);
      const agreed = new Set(
        tests.flatMap(({ name, operators }) => (outcomes.get(name)?.kind === 'passes' ? operators : [])),
      );
      expect(EXPECTED.filter((operator) => !agreed.has(operator))).toEqual([]);
      // 783 of 922 of ONNX 1.12; 1390 of 1884 of ONNX 1.23, whose others are of texts, sequences, floats of 8 bits and fewer, training and the like
      expect(counts.passes).toBeGreaterThan((counts.all < 1000 ? 0.84 : 0.72) * counts.all);
    });

    it('pass also when every attribute with a default is written out', async () => {
      const passing = new Set(named('passes'));
      const spelled = backendTests(FOLDER, { withDefaults: true }).filter(({ name }) => passing.has(name));
      const others = await outcomesOf(spelled);
      const failed = [...others].filter(([, { kind }]) => kind !== 'passes');
      expect(failed.map(([name, { why }]) => `${name}: ${why}`)).toEqual([]);
    }, 300_000);
  },
);

async function outcomesOf(tests: readonly BackendTest[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const test of tests) outcomes.set(test.name, await outcomeOf(test));
  return outcomes;
}
