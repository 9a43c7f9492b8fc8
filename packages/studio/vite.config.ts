import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Files of ONNX Runtime: its kernels for the processor; those for GPUs, with the part of it that the worker for GPUs imports. */
const RUNTIME_FILES = [
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort-wasm-simd-threaded.jspi.mjs',
  'ort-wasm-simd-threaded.jspi.wasm',
  'ort.jspi.min.mjs',
];

/** Copies the kernels of ONNX Runtime to the page, so that networks run in it wherever the package is installed. */
const withKernels: Plugin = {
  name: 'with-kernels',
  apply: 'build',
  applyToEnvironment: ({ name }) => name === 'client',
  async generateBundle() {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    for (const file of RUNTIME_FILES)
      this.emitFile({ type: 'asset', fileName: `ort/${file}`, source: await readFile(join(folder, file)) });
  },
};

const FOR_GPU = 'onnxruntime-web/jspi';

/** Leaves ONNX Runtime out of the worker for GPUs, which imports it from the folder of its kernels: most pages need neither. */
function runtimeForGpu(): Plugin {
  let isForGpu = false;
  return {
    name: 'runtime-for-gpu',
    enforce: 'pre',
    buildStart({ input }) {
      isForGpu = Object.values(input).some((file) => file.includes('gpu-worker'));
    },
    resolveId: (name) =>
      isForGpu && name.startsWith('onnxruntime-web') ? { id: FOR_GPU, external: true } : undefined,
  };
}

/** The page is built into the package `latentbrush`, whose server reads it: users install nothing more. */
export default defineConfig({
  plugins: [react(), withKernels],
  resolve: {
    // Only the kernels for the processor, as separate files.
    alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
    conditions: [
      'onnxruntime-web-use-extern-wasm',
      'latentbrush-source',
      'browser',
      'module',
      'import',
      'default',
    ],
  },
  // A published page can be in any folder of a host, so all addresses are relative, except for the studio's own page, which is also shown
  // below `/go/`.
  base: './',
  experimental: {
    renderBuiltUrl: (file, { hostId, hostType }) =>
      hostType === 'html' && hostId === 'index.html' ? `/${file}` : undefined,
  },
  worker: {
    format: 'es',
    plugins: () => [runtimeForGpu()],
    rolldownOptions: { output: { paths: { [FOR_GPU]: '../ort/ort.jspi.min.mjs' } } },
  },
  build: {
    rolldownOptions: { input: ['index.html', 'publish.html'] },
    manifest: 'manifest.json', // `latentbrush publish` reads it for the files to copy
    license: { fileName: 'licences.md' },
    outDir: '../latentbrush/studio-page',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the page's policy allows no data: scripts or fonts
    modulePreload: { polyfill: false }, // it would be an inline script
  },
});
