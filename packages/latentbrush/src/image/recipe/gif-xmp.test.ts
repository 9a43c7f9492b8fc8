import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gifXmp, withGifXmp } from './gif-xmp.ts';

const PACKET = `<?xpacket begin="\uFEFF"?>${'<p>every byte is a length to a decoder</p>'.repeat(40)}`;

async function gif(frames: number): Promise<Uint8Array> {
  const raw = Uint8Array.from({ length: 3 * 8 * 6 * frames }, (_, i) => (i * 7) % 256);
  return sharp(raw, { raw: { width: 8, height: 6 * frames, channels: 3, pageHeight: 6 } })
    .gif()
    .toBuffer();
}

describe('withGifXmp', () => {
  it.each([1, 3])('is read back from a file of %d frames', async (frames) => {
    expect(gifXmp(withGifXmp(await gif(frames), PACKET))).toBe(PACKET);
  });

  it('does not change the pictures', async () => {
    const plain = await gif(3);
    const pixels = async (bytes: Uint8Array): Promise<Buffer> =>
      sharp(bytes, { animated: true }).raw().toBuffer();
    expect(await pixels(withGifXmp(plain, PACKET))).toEqual(await pixels(plain));
  });

  it('is skipped by a decoder that reads it as sub-blocks, from any byte', async () => {
    const plain = await gif(1);
    // Packets of different lengths reach different bytes of the trailer.
    for (let length = 1; length < 300; length += 7) {
      const bytes = withGifXmp(plain, 'z'.repeat(length));
      let at = plain.length - 1 + 2; // the first length comes after introducer and label
      while (bytes[at] !== 0) at += bytes[at]! + 1;
      expect(at + 1).toBe(bytes.length - 1);
    }
  });

  it('refuses what is no GIF', () => {
    expect(() => withGifXmp(Uint8Array.of(1, 2, 3), PACKET)).toThrow('does not end with its end mark');
  });
});

describe('gifXmp', () => {
  it('is empty without a packet and with a truncated one', async () => {
    const plain = await gif(1);
    expect(gifXmp(plain)).toBe('');
    const whole = withGifXmp(plain, PACKET);
    expect(gifXmp(whole.subarray(0, whole.length - 100))).toBe('');
  });
});
