// Value and gradient of a network in an .onnx file, by Latentbrush, compared with those of the framework that exported it.
import { readFile } from 'node:fs/promises';
import {
  compile,
  decodeOnnx,
  grad,
  input,
  listOnnxInputs,
  mul,
  reduceSum,
  square,
} from '@latentbrush/engine';
import { readOnnxFile } from '../../packages/latentbrush/dist/pretrained/weights/formats/onnx-file.js';

/** As in the programs that export: sin(1.3 i). */
function picture(size) {
  return Float32Array.from({ length: 3 * size * size }, (_, index) => Math.sin(1.3 * index));
}

async function floats(path) {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The largest difference, in parts of the largest number. */
function difference(ours, theirs) {
  if (ours.length !== theirs.length) return Number.NaN;
  let [most, scale] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    most = Math.max(most, Math.abs(ours[i] - theirs[i]));
    scale = Math.max(scale, Math.abs(theirs[i]));
    if (Number.isNaN(ours[i])) return Number.NaN;
  }
  if (!(scale > 0)) throw new Error('the framework gives 0 everywhere, which checks nothing');
  return most / scale;
}

/** @returns the differences of value and gradient, relative to the largest number of each */
export async function compareNetwork({ file, size, value, gradient }) {
  const { bytes, externalFiles } = await readOnnxFile(file);
  const pixels = input('pixels', [1, 3, size, size]);
  const [{ name }] = listOnnxInputs(bytes);
  const { outputs } = decodeOnnx(bytes, { inputTensors: { [name]: pixels }, externalFiles });
  const [output] = Object.values(outputs);
  const loss = mul(reduceSum(square(output)), 0.5);
  const session = await compile(
    { value: output, gradient: grad(loss, [pixels])[0] },
    { memoryPattern: false },
  );
  try {
    const seen = await session.run({
      pixels: { dtype: 'float32', shape: [1, 3, size, size], data: picture(size) },
    });
    return {
      value: difference(seen.value.data, await floats(value)),
      gradient: difference(seen.gradient.data, await floats(gradient)),
    };
  } finally {
    await session.release();
  }
}
