import { serveModels } from './serve-models.ts';

/*
 * Runs models on the processor, by WebAssembly.
 */

serveModels('wasm');
