import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NotThereError } from '../queue/job-queue.ts';
import { GPU_FILES, mediaType, PAGE_FOLDER, type PageFile } from '../page-files.ts';

/** The files of ONNX Runtime Web that every page with a network loads: its WebAssembly kernels and the module that starts them. */
export const RUNTIME_FILES: readonly string[] = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

const FILES: ReadonlySet<string> = new Set([...RUNTIME_FILES, ...GPU_FILES]);

/**
 * A file of ONNX Runtime Web: from the built page, in `ort/`, or else from the installed package. Those for GPUs are read when they are wanted.
 * @param page the files of the built page
 * @throws NotThereError when no page needs it, or it is not installed
 */
export async function runtimeFile(name: string, page: ReadonlyMap<string, PageFile>): Promise<PageFile> {
  const type = mediaType(name);
  if (!FILES.has(name) || type === undefined)
    throw new NotThereError('there is no such file of ONNX Runtime Web');
  const carried = page.get(`/ort/${name}`);
  if (carried !== undefined) return carried;
  const read = async (folder: string): Promise<PageFile> => ({
    bytes: new Uint8Array(await readFile(join(folder, name))),
    type,
  });
  try {
    return await read(join(PAGE_FOLDER, 'ort')).catch(() =>
      read(dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))),
    );
  } catch {
    throw new NotThereError(
      'ONNX Runtime Web is not installed, so models cannot run in the page; install it beside Latentbrush: npm install onnxruntime-web',
    );
  }
}
