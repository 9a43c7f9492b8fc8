/** The type of boxes with a UUID, and the UUID of boxes with XMP. */
const UUID_BOX = Buffer.from('uuid', 'latin1');
const XMP_UUID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');

/** Longest packet that is read; ours have at most 50 kB. */
const MAX_PACKET_BYTES = 2 ** 20;

/** Size and type. */
const HEADER_BYTES = 8;

/**
 * The box of an XMP packet in an MP4 file (Adobe's XMP Specification Part 3, 1.2.4: a top-level `uuid` box). It can be at the end of the
 * file.
 */
export function xmpBox(xmp: string): Uint8Array {
  const packet = Buffer.from(xmp);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(HEADER_BYTES + XMP_UUID.length + packet.length);
  return Buffer.concat([size, UUID_BOX, XMP_UUID, packet]);
}

/** The XMP packet of an MP4 file, or an empty text when it has none, one of more than 1 MiB, or damaged boxes before. */
export function mp4Xmp(mp4: Uint8Array): string {
  const bytes = Buffer.from(mp4.buffer, mp4.byteOffset, mp4.byteLength);
  const found = packetOf(bytes);
  if (found === undefined) return '';
  const contents = bytes.subarray(found.start + HEADER_BYTES, found.end);
  return contents.length > MAX_PACKET_BYTES ? '' : contents.toString('utf8', XMP_UUID.length);
}

/** The bytes of an MP4 file without the box of {@link xmpBox}. */
export function withoutMp4Xmp(mp4: Buffer): Buffer {
  const found = packetOf(mp4);
  return found === undefined ? mp4 : Buffer.concat([mp4.subarray(0, found.start), mp4.subarray(found.end)]);
}

/** Position of the first box with XMP. */
function packetOf(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const size = boxSize(bytes, at);
    if (size < HEADER_BYTES) return undefined;
    const contents = bytes.subarray(at + HEADER_BYTES, at + size);
    const isXmp =
      UUID_BOX.equals(bytes.subarray(at + 4, at + 8)) &&
      XMP_UUID.equals(contents.subarray(0, XMP_UUID.length));
    if (isXmp) return { start: at, end: at + size };
    at += size;
  }
  return undefined;
}

/** Size of a box with its header (ISO/IEC 14496-12, 4.2): 1 means a 64-bit size after the type, 0 means the rest of the file. */
function boxSize(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size === 0) return bytes.length - at;
  if (size > 1) return size;
  return at + 16 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 8)) : 0;
}
