import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NotThereError } from '../queue/job-queue.ts';
import type { PageFile } from '../page-files.ts';

/** The files of ONNX Runtime Web for a page: its WebAssembly kernels and the module that starts them; nothing for other backends. */
const FILES: Readonly<Record<string, string>> = {
  'ort-wasm-simd-threaded.mjs': 'text/javascript; charset=utf-8',
  'ort-wasm-simd-threaded.wasm': 'application/wasm',
};

/** The names of the files of ONNX Runtime Web that a page loads. */
export const RUNTIME_FILES: readonly string[] = Object.keys(FILES);

/**
 * A file of ONNX Runtime Web: from the built page, in `ort/`, or else from the installed package. @param page the files of the built page
 * @throws NotThereError when no page needs it, or it is not installed
 */
export async function runtimeFile(name: string, page: ReadonlyMap<string, PageFile>): Promise<PageFile> {
  if (!Object.hasOwn(FILES, name)) throw new NotThereError('there is no such file of ONNX Runtime Web');
  const carried = page.get(`/ort/${name}`);
  if (carried !== undefined) return carried;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    return { bytes: new Uint8Array(await readFile(join(folder, name))), type: FILES[name]! };
  } catch {
    throw new NotThereError(
      'ONNX Runtime Web is not installed, so models cannot run in the page; install it beside Latentbrush: npm install onnxruntime-web',
    );
  }
}
