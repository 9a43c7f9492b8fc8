import { open, readFile, stat } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../files/file-error.ts';
import { readKerasH5 } from './formats/keras-h5.ts';
import { readOnnxFile } from './formats/onnx-file.ts';
import { onnxWeights } from './formats/onnx-weights.ts';
import { kerasArchiveWeights } from './formats/keras-archive.ts';
import {
  isPickle,
  pickleIn,
  pytorchArchiveWeights,
  pytorchPickleWeights,
} from './formats/pytorch/pytorch-file.ts';
import { isZip, ZipFile } from './formats/zip-file.ts';
import { safetensorsWeights } from './formats/safetensors-weights.ts';
import { readTfjsLayers } from './formats/tfjs-layers.ts';
import type { WeightTable } from './weight-table.ts';
import { weightsError } from './weights-error.ts';

/** Largest file that is read. VGG19 with its classifier, the largest of these networks, has 575 MB. */
const MAX_BYTES = 2 ** 30;
/** How many bytes are enough to recognise a format. */
const HEAD_BYTES = 4096;

/** Signatures are compared as bytes: a TextDecoder of 'latin1' reads windows-1252, where 0x89 is U+2030. */
const HDF5 = Buffer.from('894844460d0a1a0a', 'hex');
const BYTE_ORDER_MARK = Buffer.from('efbbbf', 'hex');
const CURLY_BRACKET = 0x7b;
const WHITE_SPACE = [0x20, 0x09, 0x0a, 0x0d];
/** Field 1 of ModelProto, ir_version, as a varint. */
const ONNX_VERSION_TAG = 0x08;

/** A format of weights, recognised by the beginning of a file. */
type WeightFormat = 'HDF5' | 'safetensors' | 'TensorFlow.js' | 'ONNX' | 'pickle' | 'zip';

/**
 * Reads the weights of a network from a file. The contents determine the format, not the name: Keras' HDF5 (`.h5`, `.weights.h5`) or `.keras`,
 * a `.pth` of `torch.save(model.state_dict(), ...)`, the model.json of a TensorFlow.js layers model (with its binary files beside it), safetensors
 * or ONNX. Nothing in a file is run.
 * @throws InputError in one line when the file does not exist, is too large, of another format, damaged, or names a class other than tensors
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
      return pytorchPickleWeights(await readFile(path), path);
    case 'zip':
      return archiveWeights(await readFile(path), path);
    case undefined:
      throw new InputError(
        `${path}: not a file of weights; give Keras' .h5 or .keras, PyTorch's .pth, .safetensors, .onnx or the model.json of a TensorFlow.js layers model`,
      );
  }
}

/** Both Keras 3 and PyTorch save archives: which of them is shown by the files inside. */
async function archiveWeights(bytes: Uint8Array, path: string): Promise<WeightTable> {
  const archive = new ZipFile(bytes);
  if (pickleIn(archive) !== undefined) return pytorchArchiveWeights(archive, bytes.length, path);
  return kerasArchiveWeights(archive, path);
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
 * Recognises the format of a file of weights by its beginning; undefined for an unknown one.
 *
 * HDF5 begins with a signature, or has it after a block of 512, 1024, 2048 ... bytes. Safetensors: eight bytes of length, then a JSON
 * object. ONNX has no signature: as a protobuf message it begins with the tag of a field of ModelProto, in practice 8, for the version.
 */
export function recogniseWeights(head: Uint8Array): WeightFormat | undefined {
  const isHdf5 = (offset: number): boolean => HDF5.equals(head.subarray(offset, offset + HDF5.length));
  if ([0, 512, 1024, 2048].some(isHdf5)) return 'HDF5';
  // Before pickles: a header of 640 bytes has the length 0x0280, which begins like a pickle.
  if (head[6] === 0 && head[7] === 0 && head[8] === CURLY_BRACKET) return 'safetensors';
  if (isPickle(head)) return 'pickle';
  if (isZip(head)) return 'zip';
  if (beginsAsJson(head)) return 'TensorFlow.js';
  if (head[0] === ONNX_VERSION_TAG) return 'ONNX';
  return undefined;
}

/** Whether a text can be a JSON object: a curly bracket, after at most a byte order mark and white space. */
function beginsAsJson(head: Uint8Array): boolean {
  const text = BYTE_ORDER_MARK.equals(head.subarray(0, 3)) ? head.subarray(3) : head;
  return text.find((byte) => !WHITE_SPACE.includes(byte)) === CURLY_BRACKET;
}
