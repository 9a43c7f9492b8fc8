import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mp4Xmp, xmpBox } from './mp4-xmp.ts';

const PACKET = '<?xpacket begin="\uFEFF"?><a/>';

/** A box of a type with this many bytes of contents; `large` writes its size in 64 bits. */
function box(type: string, contents: number, large = false): Buffer {
  const size = contents + (large ? 16 : 8);
  const header = Buffer.alloc(large ? 16 : 8);
  header.writeUInt32BE(large ? 1 : size);
  header.write(type, 4, 'latin1');
  if (large) header.writeBigUInt64BE(BigInt(size), 8);
  return Buffer.concat([header, Buffer.alloc(contents, 7)]);
}

describe('mp4Xmp', () => {
  it('finds the packet after, between and before other boxes', () => {
    const [ftyp, mdat, uuid] = [box('ftyp', 20), box('mdat', 500, true), box('uuid', 30)];
    for (const boxes of [
      [ftyp, mdat, uuid, xmpBox(PACKET)],
      [ftyp, xmpBox(PACKET), mdat],
      [xmpBox(PACKET)],
    ]) {
      expect(mp4Xmp(Buffer.concat(boxes))).toBe(PACKET);
    }
  });

  it('is empty without a packet', () => {
    expect(mp4Xmp(Buffer.concat([box('ftyp', 20), box('moov', 99)]))).toBe('');
  });

  it('ends for any bytes', () => {
    const sizes = fc.constantFrom(0, 1, 7, 8, 9, 2 ** 31, 2 ** 32 - 1);
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }), (heads, rest) => {
        const boxes = heads.map((size) => {
          const bytes = Buffer.alloc(9, 'u');
          bytes.writeUInt32BE(size);
          return bytes;
        });
        expect(mp4Xmp(Buffer.concat([...boxes, rest]))).toBe('');
      }),
    );
  });
});
