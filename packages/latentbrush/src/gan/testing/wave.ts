import { float32, type NDArray } from '@latentbrush/engine';

/**
 * Numbers that look random and that any language can compute: offset + scale · sin(12.9898 (i + 1) + phase) over the elements i, the phase
 * from the characters of a name.
 */
export function wave(name: string, shape: readonly number[], scale = 1, offset = 0): NDArray<'float32'> {
  const phase =
    Array.from(name).reduce((sum, letter, place) => sum + letter.charCodeAt(0) * (place + 1), 0) % 1000;
  const length = shape.reduce((product, size) => product * size, 1);
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = offset + scale * Math.sin(12.9898 * (i + 1) + phase);
  return float32(data, shape);
}

/** Weights of a network by the same rule: kernels of deviation about 1 / √(fan in), biases and beta around 0, gamma around 1. */
export function waveWeights(
  weights: readonly { readonly name: string; readonly tensor: { readonly shape: readonly number[] } }[],
): Record<string, NDArray<'float32'>> {
  return Object.fromEntries(weights.map(({ name, tensor: { shape } }) => [name, waveWeight(name, shape)]));
}

function waveWeight(name: string, shape: readonly number[]): NDArray<'float32'> {
  if (name.endsWith('/u')) return unit(wave(name, shape));
  if (name.endsWith('/gamma')) return wave(name, shape, 0.2, 1);
  if (!name.endsWith('/kernel')) return wave(name, shape, 0.1);
  const [first = 1, second = 1, ...window] = shape;
  const taps = window.reduce((product, size) => product * size, 1);
  // Dense kernels are [in, out], those of convolutions [out, in, ...], those of transposed ones [in, out, ...]; the reference uses a
  // quarter of the taps for the last, since with stride 2 each output depends on that many.
  const fanIn = window.length === 0 ? first : name.includes('transpose') ? (first * taps) / 4 : second * taps;
  return wave(name, shape, 1.5 / Math.sqrt(fanIn));
}

function unit({ data, shape }: NDArray<'float32'>): NDArray<'float32'> {
  const length = Math.hypot(...data);
  return float32(
    data.map((value) => value / length),
    shape,
  );
}
