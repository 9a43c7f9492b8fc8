import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { InputError, listExternalFiles, type ExternalFiles } from '@latentbrush/engine';
import { errorCode, fileError } from '../../../files/file-error.ts';
import { weightsError } from '../weights-error.ts';

/** Largest model with all its files; protobuf itself ends at 2 GiB. */
const MAX_BYTES = 2 * 2 ** 30;

/** An ONNX model on disk. */
export interface OnnxFile {
  readonly bytes: Uint8Array;
  /** The existing files beside it with its weights. */
  readonly externalFiles: ExternalFiles;
}

/**
 * Reads an ONNX model and the files in its folder that contain its weights. @throws InputError when it cannot be read, is too large or no
 * ONNX model, or names a link out of its folder
 */
export async function readOnnxFile(path: string): Promise<OnnxFile> {
  const bytes = await readWhole(path);
  try {
    const externalFiles = new Map<string, Uint8Array>();
    let room = MAX_BYTES - bytes.length;
    for (const location of listExternalFiles(bytes)) {
      const file = await fileWithin(dirname(path), location);
      if (file === undefined) continue;
      const contents = await readWhole(file, room);
      room -= contents.length;
      externalFiles.set(location, contents);
    }
    return { bytes, externalFiles };
  } catch (error) {
    throw weightsError(error, path);
  }
}

// The real path of a file in the folder; undefined when there is none.
async function fileWithin(folder: string, location: string): Promise<string | undefined> {
  try {
    const [root, file] = [await realpath(folder), await realpath(join(folder, location))];
    if (file.startsWith(root.endsWith(sep) ? root : root + sep)) return file;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw fileError(error, join(folder, location), 'read');
  }
  throw new InputError(
    `"${location}" is a link to a file outside the model's own folder; such a model is refused`,
  );
}

async function readWhole(path: string, limit = MAX_BYTES): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw new InputError(`${path}: is not a file; give an .onnx file`);
    if (status.size > limit)
      throw new InputError(
        `${path}: ${status.size} bytes are more than an ONNX model may have (${MAX_BYTES} with all its files)`,
      );
    return await readFile(path);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path, 'read');
  }
}
