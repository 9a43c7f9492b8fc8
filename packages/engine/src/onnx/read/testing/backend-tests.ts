import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../../errors.ts';
import { formatShape, sameShape, type Shape } from '../../../graph/dtype.ts';
import { bool, float32, int64, type NDArray } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx, type DecodedModel } from '../decode.ts';
import { TensorProto_DataType } from '../../schema/onnx_pb.ts';

/** A tensor of a test: ONNX element type, and the numbers as float64 in base64. `null`: texts, a sequence or nothing. */
type Numbers = { readonly shape: Shape; readonly type: number; readonly data: string } | null;

/** One of ONNX's own backend tests, written by `export-backend-tests.py`. */
export interface BackendTest {
  readonly name: string;
  readonly operators: readonly string[];
  /** The model file in base64. */
  readonly model: string;
  readonly feeds: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
}

/** The result of a test: correct numbers, a refusal in one line, or anything else. */
export interface Outcome {
  readonly kind: 'passes' | 'refused' | 'wrong';
  /** The message of the refusal, or the error. */
  readonly why: string;
}

/** A Python with the package `onnx`: that of Debian, for which python3-onnx is installed, or another one, for newer tests. */
export const PYTHON = process.env.ONNX_PYTHON ?? '/usr/bin/python3';
const script = fileURLToPath(new URL('export-backend-tests.py', import.meta.url));

/** Whether {@link PYTHON} has the package `onnx`, which contains the tests. */
export function hasBackendTests(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import onnx'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Generates the tests.
 * @param folder `onnx/backend/test/data` of ONNX's repository, whose stored tests are added
 * @param options.withDefaults write out missing attributes that have a default
 */
export function backendTests(folder?: string, { withDefaults = false } = {}): BackendTest[] {
  const flags = withDefaults ? ['--with-defaults'] : [];
  const lines = execFileSync(PYTHON, [script, ...flags, ...(folder === undefined ? [] : [folder])], {
    maxBuffer: 2 ** 29,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return lines
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BackendTest);
}

/**
 * Runs a test with its first tensor fed, like a picture. If that is refused because the numbers must be known in advance (sizes, axes),
 * runs it again with all tensors stored in the model.
 */
export async function outcomeOf(test: BackendTest): Promise<Outcome> {
  const fed = await attempt(test, false);
  if (fed.kind !== 'refused' || Object.values(test.feeds).includes(null)) return fed;
  const stored = await attempt(test, true);
  return stored.kind === 'refused' ? fed : stored;
}

async function attempt(test: BackendTest, storeAll: boolean): Promise<Outcome> {
  const bytes = Buffer.from(test.model, 'base64');
  let model: DecodedModel;
  try {
    model = decodeOnnx(
      bytes,
      storeAll ? { inputTensors: constants(decodeOnnx(bytes, { until: [] }), test) } : {},
    );
  } catch (error) {
    if (error instanceof InputError && !error.message.includes('\n'))
      return { kind: 'refused', why: error.message };
    return { kind: 'wrong', why: String(error) };
  }
  try {
    const session = await compile(model.outputs, { threads: 1 });
    const feeds = feedsOf(test, session.inputs);
    const results = await session.run(feeds).finally(() => void session.release());
    const faults = Object.entries(test.outputs).flatMap(([name, wanted]) =>
      difference(name, results[name], wanted, ROUNDED_BETWEEN.test(test.name) ? ROUNDINGS : 1),
    );
    return faults[0] === undefined ? { kind: 'passes', why: '' } : { kind: 'wrong', why: faults[0] };
  } catch (error) {
    return { kind: 'wrong', why: String(error) };
  }
}

function constants({ inputs }: DecodedModel, { feeds }: BackendTest): Record<string, Tensor> {
  return Object.fromEntries(
    [...inputs].map(([name, { dtype }]) => [name, constant(arrayOf(feeds[name] ?? null, dtype))]),
  );
}

function feedsOf({ feeds }: BackendTest, inputs: ReadonlyMap<string, Tensor>): Record<string, NDArray> {
  return Object.fromEntries(
    [...inputs].map(([name, { dtype }]) => [name, arrayOf(feeds[name] ?? null, dtype)]),
  );
}

function arrayOf(numbers: Numbers, dtype: NDArray['dtype']): NDArray {
  if (numbers === null) throw new Error('the test feeds no numbers');
  const { shape } = numbers;
  const values = Array.from(numbersOf(numbers));
  if (dtype === 'float32') return float32(values, shape);
  return dtype === 'int64' ? int64(values, shape) : bool(Uint8Array.from(values), shape);
}

function numbersOf({ data }: NonNullable<Numbers>): Float64Array {
  return new Float64Array(new Uint8Array(Buffer.from(data, 'base64')).buffer);
}

const { FLOAT, DOUBLE, FLOAT16, BFLOAT16 } = TensorProto_DataType;

// Relative errors: ONNX's own tests allow 1e-3 for all. Models of 16-bit floats are computed in float32 here, so a result can differ from
// the expected rounded one by half a unit in the last place of the narrow type. Whole numbers must be the same.
const TOLERANCE: ReadonlyMap<number, number> = new Map<number, number>([
  [FLOAT, 1e-3],
  [DOUBLE, 1e-3],
  [FLOAT16, 2 ** -10],
  [BFLOAT16, 2 ** -7], // ONNX 1.12 truncates where it should round
]);
const NEAR_ZERO = 1e-5;

/** Tests whose expected numbers were rounded to 16 bits after each of several operators, and by how much more they may differ then. */
const ROUNDED_BETWEEN = /^test_attention.*_(fp|bf)16(_expanded)?$/;
const ROUNDINGS = 4;

/** @param roundings how often the expected numbers were rounded; more than once, small ones are as inexact as ones near 1 */
function difference(name: string, actual: NDArray | undefined, wanted: Numbers, roundings: number): string[] {
  if (wanted === null) return [`output "${name}" is no tensor of numbers, but one was computed`];
  if (actual === undefined) return [`output "${name}" is missing`];
  if (!sameShape(actual.shape, wanted.shape))
    return [`output "${name}" has shape ${formatShape(actual.shape)}, expected ${formatShape(wanted.shape)}`];
  const ofType = TOLERANCE.get(wanted.type);
  const tolerance = ofType && roundings * ofType;
  const nearZero = roundings === 1 || ofType === undefined ? NEAR_ZERO : roundings * ofType;
  for (const [i, number] of numbersOf(wanted).entries()) {
    const value = tolerance === undefined ? number : Math.fround(number); // float64 is computed in float32 as well
    const found = Number(actual.data[i]);
    const isClose =
      Object.is(found, value) ||
      found === value ||
      (tolerance !== undefined && Math.abs(found - value) <= Math.max(tolerance * Math.abs(value), nearZero));
    if (!isClose) return [`output "${name}", element ${i}: ${found}, expected ${value}`];
  }
  return [];
}
