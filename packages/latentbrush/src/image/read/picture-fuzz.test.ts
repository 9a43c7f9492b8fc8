import { Random, InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { decodePicture } from './decode.ts';
import { type Picture } from '../picture.ts';
import { noise } from '../testing/noise.ts';
import { sampleFiles } from '../testing/sample-files.ts';

/** Damaged files of each kind; more by the environment variable, for a longer search. */
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 250);

/** Few pixels, so that a damaged header costs milliseconds, not seconds. */
const MAX_PIXELS = 2 ** 20;

const SLOWEST_MS = 5_000;

const files = await sampleFiles(noise(1, 3, 12, 17));

/** A file with a few bytes changed, deleted, doubled or appended; most often near the start, where headers are. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const below = (limit: number) => random.integer(0, limit);
  let result = Uint8Array.from(bytes);
  const place = () => below(random.uniform() < 0.5 ? Math.min(result.length, 200) : result.length);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = place();
    const end = Math.min(result.length, at + 1 + below(24));
    switch (below(6)) {
      case 0:
        result[at]! ^= 1 << below(8);
        break;
      case 1:
        result[at] = [0, 1, 127, 128, 254, 255][below(6)]!;
        break;
      case 2:
        result.fill(below(2) * 255, at, Math.min(end, at + 4));
        break;
      case 3:
        result = Uint8Array.of(...result.subarray(0, at), ...result.subarray(end));
        break;
      case 4:
        result = Uint8Array.of(...result.subarray(0, end), ...result.subarray(at));
        break;
      default:
        if (random.uniform() < 0.3) result = result.slice(0, Math.max(1, at));
        else result[at] = below(256);
    }
  }
  return result;
}

async function outcome(bytes: Uint8Array): Promise<Picture | InputError> {
  try {
    return await decodePicture(bytes, 'file', { maxPixels: MAX_PIXELS });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

describe('thousands of damaged files give a picture or a one-line error', () => {
  it.each(Object.keys(files))('%s', async (kind) => {
    const random = new Random(7);
    let pictures = 0;
    let errors = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = damaged(files[kind]!, random);
      const start = performance.now();
      const result = await outcome(bytes);
      expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
      if (result instanceof InputError) {
        errors++;
        expect(result.message).toMatch(/^file: [^\n]+$/);
      } else {
        pictures++;
        expect(result.data.length).toBe(3 * result.height * result.width);
        expect(result.data.every((value) => value >= 0 && value <= 255)).toBe(true);
      }
    }
    expect(errors).toBeGreaterThan(ROUNDS / 20); // the damage was real,
    expect(pictures).toBeGreaterThan(0); // but not all files failed at the first byte
  });
});
