import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page is built into the package `latentbrush`, whose server reads it: users install nothing more. */
export default defineConfig({
  plugins: [react()],
  resolve: {
    // The WebAssembly kernels alone, from files of their own: those of graphics cards are four times as much to load.
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
  worker: { format: 'es' },
  build: {
    outDir: '../latentbrush/studio-page',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the page's policy allows no data: scripts or fonts
    modulePreload: { polyfill: false }, // it would be an inline script
  },
});
