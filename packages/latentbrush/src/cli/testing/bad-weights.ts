import { encodeSafetensors, float32 } from '@latentbrush/engine';
import { hdf5File } from '../../pretrained/weights/testing/hdf5-files.ts';
import { onnxFile } from '../../pretrained/weights/testing/onnx-files.ts';

/**
 * Files that are not the weights of a network, by name, each with the message that the program must print.
 */
export const badWeights = {
  'other.safetensors': /other\.safetensors: not the weights of \w+: .*conv/,
  'hostile.safetensors': /hostile\.safetensors: .*header/,
  'cut.h5': /cut\.h5: .*(?:damaged|cut off|HDF5)/,
  'pickle.pth': /pickle\.pth: its pickle asks for "os\.system"; only tensors in dicts are read/,
  'escaping.onnx': /escaping\.onnx: .*outside the model's own folder/,
  'notes.h5': /notes\.h5: not a file of weights; give Keras' \.h5/,
} as const satisfies Readonly<Record<string, RegExp>>;

/** Their contents. */
export async function badWeightsFiles(): Promise<Record<keyof typeof badWeights, Uint8Array>> {
  const hdf5 = await hdf5File([{ path: 'conv/kernel', data: new Float32Array(4096) }]);
  const hostile = new Uint8Array(64); // its header is longer than any file
  new DataView(hostile.buffer).setBigUint64(0, 2n ** 40n, true);
  hostile.set(new TextEncoder().encode('{"w":{}}'), 8);
  // torch.save(x) where x is an object of a class whose __reduce__ is (os.system, ('false',)), by PyTorch of before 1.6
  const pickleBomb = Buffer.from(
    '80028a0a6cfc9c46f9206aa850192e80024de9032e80027d2e8002636f730a73797374656d0a580500000066616c736585522e80025d2e',
    'hex',
  );
  return {
    'other.safetensors': encodeSafetensors({ 'dense/kernel': float32(new Float32Array(6), [2, 3]) }),
    'hostile.safetensors': hostile,
    'cut.h5': hdf5.subarray(0, hdf5.length >> 1),
    'pickle.pth': pickleBomb,
    'escaping.onnx': onnxFile([{ name: 'w', shape: [1, 3, 1, 1], data: [], external: '../secret' }]),
    'notes.h5': new TextEncoder().encode('Milk, bread, a new brush.\n'),
  };
}
