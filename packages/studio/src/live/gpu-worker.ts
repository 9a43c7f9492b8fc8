import { serveModels } from './serve-models.ts';

/*
 * Runs models on the GPU, by WebGPU. The build takes ONNX Runtime for GPUs here.
 */

serveModels('webgpu');
