/**
 * The layers of the sources: by their folder, its files and folders, lowest first. Each can import from those before it, never from those
 * after it. Entries of an inner list are on one level and must not import each other. Every source file is in exactly one layer of each
 * list above it (`in-one-layer`); tests and files only for tests (`testing` folders) are in none.
 * @satisfies {Readonly<Record<string, readonly (string | readonly string[])[]>>}
 */
export const LAYERS = {
  packages: ['engine', 'latentbrush', 'studio'],
  'packages/engine/src': [
    ['errors.ts', 'blocking.ts'],
    'graph',
    'half-floats.ts',
    ['random.ts', 'safetensors.ts'],
    'ops',
    'autodiff.ts',
    'onnx/schema',
    ['onnx/write', 'onnx/read'],
    'runtime',
    'layout',
    'session.ts',
    ['training-step.ts', 'gradient-check.ts'],
    ['nn', 'optim'],
    'index.ts',
  ],
  'packages/engine/src/onnx/read': [
    'file',
    'node',
    'normalize',
    ['operators', 'folding'],
    ['recurrent', 'quantized'],
    'translate',
    ['decode.ts', 'contents.ts', 'initializers.ts'],
  ],
  'packages/latentbrush/src': [
    ['counted.ts', 'renamed.ts', 'shell-word.ts', 'version.ts'],
    ['files', 'option-words.ts', 'words.ts'],
    ['options.ts', 'renamed-options.ts'],
    'image',
    'data',
    'pretrained',
    'runs',
    'latent',
    'training',
    ['text', 'dream', 'style', 'vae', 'gan'],
    'systems.ts',
    'jobs',
    'index.ts',
    'studio',
    'cli',
  ],
  'packages/studio/src': [
    'words',
    'api',
    'design',
    'queue',
    'pictures',
    'forms',
    'masks',
    'making',
    'live',
    'pages',
    'shell',
    ['app.tsx', 'published'],
    ['main.tsx', 'publish.tsx'],
  ],
  'packages/latentbrush/src/studio': ['page-files.ts', 'queue', 'models', 'publish', 'server', 'index.ts'],
  'packages/latentbrush/src/image': [
    ['load-sharp.ts', 'picture.ts', 'pixel-limit.ts'],
    'size.ts',
    'edit',
    'read',
    'recipe',
    'write',
    'public.ts',
    'index.ts',
  ],
  'packages/latentbrush/src/data': [
    ['download', 'cache'],
    ['text', 'images'],
    'emoji',
    'load-image-dataset.ts',
    'public.ts',
    'index.ts',
  ],
  'packages/latentbrush/src/data/images': [
    'picture-store.ts',
    ['image-dataset.ts', 'in-parallel.ts', 'memory-bound.ts', 'embedded-pictures.ts'],
    ['image-dataset-options.ts', 'pixel-conversion.ts'],
    ['formats', 'folders'],
    'dataset-catalogue.ts',
    'known-dataset.ts',
    ['augmentation.ts', 'matching.ts', 'nearest-pictures.ts'],
    'picture-batches.ts',
  ],
  'packages/latentbrush/src/style': [
    'losses.ts',
    'perception.ts',
    ['presets.ts', 'memory.ts', 'choose-backbone.ts'],
    'withdrawn.ts',
    ['transfer', 'fast'],
    'index.ts',
  ],
  'packages/latentbrush/src/cli': ['terminal', 'options', 'commands', 'main.ts'],
  'packages/latentbrush/src/pretrained': ['weights', 'backbones', 'index.ts'],
  'packages/latentbrush/src/pretrained/weights': [
    ['registry.ts', 'weight-table.ts', 'weights-error.ts'],
    'names',
    'formats',
    'framework-folders.ts',
    ['locate.ts', 'read-weights.ts'],
  ],
  'packages/latentbrush/src/pretrained/backbones': [
    ['backbone.ts', 'layer-names.ts', 'pixel-objective.ts', 'preprocessing.ts'],
    ['keras', 'onnx'],
    'catalogue.ts',
    'load-backbone.ts',
  ],
};

/**
 * The entry files of folders ("doors"): for each folder, the one file that neighbouring files can import, and the one that neighbouring
 * folders can import. Tests can import other files, too.
 * @satisfies {import('./allowed-imports.mjs').Doors}
 */
export const DOORS = {
  'packages/latentbrush/src/image': { fromFiles: 'public.ts', fromFolders: 'index.ts' },
  'packages/latentbrush/src/data': { fromFiles: 'public.ts', fromFolders: 'index.ts' },
};
