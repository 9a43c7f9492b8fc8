import { open, readFile, stat } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../files/file-error.ts';
import { readKerasH5 } from './keras-h5.ts';
import { readOnnxFile } from './onnx-file.ts';
import { onnxWeights } from './onnx-weights.ts';
import { isPickle, isZip, pickleError } from './pickle.ts';
import { safetensorsWeights } from './safetensors-weights.ts';
import { readTfjsLayers } from './tfjs-layers.ts';
import type { WeightTable } from './weight-table.ts';
import { weightsError } from './weights-error.ts';

/** Largest file that is read. VGG19 with its classifier, the largest of these networks, has 575 MB. */
const MAX_BYTES = 2 ** 30;
/** How many bytes are enough to tell a format. */
const HEAD_BYTES = 4096;

/** A format of weights, told by the beginning of a file. */
type WeightFormat = 'HDF5' | 'safetensors' | 'TensorFlow.js' | 'ONNX' | 'pickle' | 'zip';

/**
 * Reads the weights of a network from a file. The format is told by the contents, whatever the file is called: Keras' HDF5, the
 * model.json of a TensorFlow.js layers model (with its binary files beside it), safetensors or ONNX.
 * @throws InputError in one line when there is no such file, it is too large, of another format, damaged, or a PyTorch pickle
 */
export async function readWeights(path: string): Promise<WeightTable> {
  try {
    return await readFormat(path, recogniseWeights(await readHead(path)));
  } catch (error) {
    throw weightsError(error, path);
  }
}

async function readFormat(path: string, format: WeightFormat | undefined): Promise<WeightTable> {
  switch (format) {
    case 'HDF5':
      return readKerasH5(path);
    case 'TensorFlow.js':
      return readTfjsLayers(path);
    case 'safetensors':
      return safetensorsWeights(await readFile(path), path);
    case 'ONNX':
      return onnxWeights(await readOnnxFile(path), path);
    case 'pickle':
      throw pickleError(path);
    case 'zip':
      throw new InputError(
        `${path}: a zip archive; if it is a .keras model, unzip it and give the model.weights.h5 inside`,
      );
    case undefined:
      throw new InputError(
        `${path}: not a file of weights; give Keras' .h5, .safetensors, .onnx or the model.json of a TensorFlow.js layers model`,
      );
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile()) {
      throw new InputError(
        `${path}: is not a file; give a file of weights (for TensorFlow.js its model.json)`,
      );
    }
    if (status.size > MAX_BYTES) {
      throw new InputError(
        `${path}: ${status.size} bytes are more than the limit of ${MAX_BYTES} for weights`,
      );
    }
    if (status.size === 0) throw new InputError(`${path}: the file is empty`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/**
 * Tells the format of a file of weights by its beginning; undefined when it is none of those known.
 *
 * HDF5 begins with a signature, or has it behind a block of 512, 1024, 2048 ... bytes. Safetensors: eight bytes of length, then a
 * JSON object. ONNX has no signature: as a protobuf message it begins with the tag of a field of ModelProto, which is 8 for the version
 * that comes first in practice.
 */
export function recogniseWeights(head: Uint8Array): WeightFormat | undefined {
  const text = new TextDecoder('latin1').decode(head);
  if ([0, 512, 1024, 2048].some((offset) => text.startsWith('\x89HDF\r\n\x1a\n', offset))) return 'HDF5';
  // Before pickles: a header of 640 bytes has the length 0x0280, which begins like one.
  if (/^.{6}\0\0\{/s.test(text)) return 'safetensors';
  if (isPickle(head)) return 'pickle';
  if (isZip(head)) return 'zip';
  if (/^(?:\xef\xbb\xbf)?\s*\{/.test(text)) return 'TensorFlow.js';
  if (text.startsWith('\x08')) return 'ONNX';
  return undefined;
}
