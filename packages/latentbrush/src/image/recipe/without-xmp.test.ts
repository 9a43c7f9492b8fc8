import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createAnimation } from '../write/animation.ts';
import { hasFfmpeg } from '../testing/ffmpeg.ts';
import { noise } from '../testing/noise.ts';
import { recipe } from './recipe.ts';
import { withoutXmp } from './without-xmp.ts';

/** An animation of two frames with a recipe of this seed. */
async function animation(format: string, seed: number, second = 2): Promise<Buffer> {
  const path = join(await temporaryFolder(), `film.${format}`);
  const made = recipe({ system: 'dream', seed, options: {}, inputs: [] });
  const writer = await createAnimation(path, { height: 16, width: 32, framesPerSecond: 5, recipe: made });
  for (const frame of [1, second]) await writer.add(noise(frame, 3, 16, 32));
  await writer.finish();
  return readFile(path);
}

describe('withoutXmp', () => {
  it.each([{ format: 'gif' }, { format: 'webp' }, ...(hasFfmpeg ? [{ format: 'mp4' }] : [])])(
    'makes $format files equal that differ only in their recipes',
    async ({ format }) => {
      const [a, b, other] = [
        await animation(format, 1),
        await animation(format, 123),
        await animation(format, 1, 3),
      ];
      expect(a.equals(b)).toBe(false);
      expect(Buffer.compare(withoutXmp(a), withoutXmp(b))).toBe(0);
      expect(Buffer.compare(withoutXmp(a), withoutXmp(other))).not.toBe(0);
      expect(Buffer.from(withoutXmp(a)).includes('latentbrush')).toBe(false);
    },
  );

  it('ends on bytes that are no file', () => {
    for (const head of ['GIF89a', 'RIFF', '\0\0\0\x01uuid', ''])
      expect(withoutXmp(Buffer.from(`${head}${'\0'.repeat(50)}`, 'latin1')).length).toBeLessThan(60);
  });
});
