/** Introducer, label, block length and the eleven letters of the application extension that contains XMP. */
const INTRODUCER = Buffer.from('!\xff\x0bXMP DataXMP', 'latin1');

/**
 * The trailer after the packet. The packet is no chain of sub-blocks, as GIF requires, but decoders read its bytes as lengths and skip from
 * one to another. From any byte of this trailer they reach the zero at its end.
 */
const TRAILER = Uint8Array.of(1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0);

/** Longest packet that is read; ours have at most 50 kB. */
const MAX_PACKET_BYTES = 2 ** 20;

const END_OF_FILE = 0x3b;

/**
 * A GIF file with an XMP packet in an application extension, as in ISO 16684-1 and Adobe's XMP Specification Part 3, 1.1.2; here it is the
 * last block of the file. (The codec library writes no metadata into GIF.) @throws when the bytes do not end like a GIF file
 */
export function withGifXmp(gif: Uint8Array, xmp: string): Uint8Array {
  if (gif.at(-1) !== END_OF_FILE) throw new Error('gif: the file does not end with its end mark');
  const result = Buffer.concat([
    gif.subarray(0, -1),
    INTRODUCER,
    Buffer.from(xmp),
    TRAILER,
    Uint8Array.of(END_OF_FILE),
  ]);
  result.write('GIF89a', 'latin1'); // the version with extensions
  return result;
}

/** The XMP packet of a GIF file, or an empty text when it has none (or one of more than 1 MiB). */
export function gifXmp(gif: Uint8Array): string {
  const bytes = Buffer.from(gif.buffer, gif.byteOffset, gif.byteLength);
  const found = packetOf(bytes);
  return found === undefined ? '' : bytes.toString('utf8', found.start, found.end);
}

/** The bytes of a GIF file without the extension of {@link withGifXmp}. */
export function withoutGifXmp(gif: Buffer): Buffer {
  const found = packetOf(gif);
  if (found === undefined) return gif;
  const before = gif.subarray(0, found.start - INTRODUCER.length);
  return Buffer.concat([before, gif.subarray(found.end + TRAILER.length)]);
}

function packetOf(gif: Buffer): { readonly start: number; readonly end: number } | undefined {
  const at = gif.lastIndexOf(INTRODUCER);
  if (at < 0) return undefined;
  const start = at + INTRODUCER.length;
  const end = gif.indexOf(TRAILER, start);
  return end < 0 || end - start > MAX_PACKET_BYTES ? undefined : { start, end };
}
