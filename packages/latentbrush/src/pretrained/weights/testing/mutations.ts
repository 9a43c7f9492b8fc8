import type { Random } from '@latentbrush/engine';

const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** A damaged copy of a file: some bytes changed, mostly not among zeros; sometimes a part deleted, or the end. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  for (let changes = random.integer(1, 5); changes > 0; changes--) {
    const telling = TELLING_BYTES[random.integer(0, 2 * TELLING_BYTES.length)];
    copy[tellingPlace(copy, random)] = telling ?? random.integer(0, 256);
  }
  if (random.uniform() > 0.1) return copy;
  const start = random.integer(0, copy.length);
  if (random.uniform() < 0.5) return copy.slice(0, start);
  const end = start + random.integer(0, 64);
  return Uint8Array.from([...copy.subarray(0, start), ...copy.subarray(end)]);
}

function tellingPlace(bytes: Uint8Array, random: Random): number {
  let place = random.integer(0, bytes.length);
  for (let tries = 0; tries < 10 && bytes[place] === 0; tries++) place = random.integer(0, bytes.length);
  return place;
}
