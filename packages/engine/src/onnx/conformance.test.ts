import { beforeAll, describe, expect, it } from 'vitest';
import {
  backendTests,
  hasBackendTests,
  outcomeOf,
  type BackendTest,
  type Outcome,
} from './testing/backend-tests.ts';

// Their expected values are doubtful: the length that scales give is fractional in the first two, whole in ONNX Runtime and PyTorch; the
// others cut off bits where bfloat16 is rounded to the nearest (as later versions of these tests do, and ONNX Runtime).
const DOUBTFUL = [
  'test_resize_downsample_scales_linear_align_corners',
  'test_resize_downsample_scales_cubic_align_corners',
  'test_cast_FLOAT_to_BFLOAT16',
  'test_castlike_FLOAT_to_BFLOAT16',
  'test_castlike_FLOAT_to_BFLOAT16_expanded',
];

/** The stored tests of ONNX's repository, `onnx/backend/test/data`, are added where this names that folder. */
const folder = process.env.ONNX_TEST_DATA;

describe.skipIf(!hasBackendTests())(
  "ONNX's own tests of operators (skipped where python3-onnx is not installed)",
  () => {
    const outcomes = new Map<BackendTest, Outcome>();
    beforeAll(async () => {
      for (const test of backendTests(folder)) outcomes.set(test, await outcomeOf(test));
    }, 240_000);

    const named = (kind: Outcome['kind']): BackendTest[] =>
      [...outcomes].flatMap(([test, outcome]) => (outcome.kind === kind ? [test] : []));

    it('give no wrong value: what cannot be computed is refused in one line', () => {
      const wrong = named('wrong').filter(({ name }) => !DOUBTFUL.includes(name));
      expect(wrong.map((test) => `${test.name}: ${outcomes.get(test)!.why}`)).toEqual([]);
      for (const test of named('refused')) expect(outcomes.get(test)!.why).toMatch(/^ONNX model: [^\n]+$/);
    });

    it('pass in most cases', () => {
      console.info(
        `ONNX backend tests: ${named('passes').length} pass, ${named('refused').length} refused, ${named('wrong').length} doubtful, of ${outcomes.size}`,
      );
      expect(named('passes').length).toBeGreaterThan(0.75 * outcomes.size);
    });
  },
);
