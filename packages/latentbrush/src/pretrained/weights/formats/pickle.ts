import { InputError } from '@latentbrush/engine';

/** Number of bytes to read at the beginning of a file: there are the first names of a zip archive. */
const HEAD_BYTES = 4096;

/** The signature of a local file header (APPNOTE.TXT, 4.3.7). */
const ZIP = Buffer.from('504b0304', 'hex');

/**
 * Whether a file is a Python pickle, as PyTorch saves `.pt` and `.pth`: a zip archive that begins with a `data.pkl`
 * (PyTorch 1.6 and later), or a bare pickle, which begins with the opcode PROTO, 0x80, and the protocol 2 to 5.
 * @param bytes the beginning of the file, or all of it
 */
export function isPickle(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (first === 0x80 && second >= 2 && second <= 5) return true;
  return isZip(bytes) && Buffer.from(bytes.subarray(0, HEAD_BYTES)).includes('data.pkl');
}

/** Whether a file is a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return ZIP.equals(bytes.subarray(0, ZIP.length));
}

/** Why we refuse a pickle, and what to do. */
export function pickleError(name: string): InputError {
  return new InputError(
    `${name}: a PyTorch pickle can run code when it is loaded, so it is not read; in Python, on a file you trust, save it as safetensors: ` +
      `import torch, safetensors.torch as s; s.save_file(torch.load("weights.pth", weights_only=True), "weights.safetensors")`,
  );
}
