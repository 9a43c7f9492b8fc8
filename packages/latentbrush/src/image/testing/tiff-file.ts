/** An uncompressed TIFF file of one strip (TIFF 6.0), written by hand: with samples that the library cannot write. */
export function tiffFile(
  layout: {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly grey?: boolean;
  },
  samples: Uint8Array | Float32Array,
): Uint8Array {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const tags: readonly (readonly [tag: number, value: number])[] = [
    [256, layout.width],
    [257, layout.height],
    [258, 8 * samples.BYTES_PER_ELEMENT], // bits per sample
    [259, 1], // no compression
    [262, layout.grey ? 1 : 2], // zero is black, or red-green-blue
    [273, 8], // where the strip begins
    [277, layout.channels],
    [278, layout.height], // rows per strip
    [279, data.length],
    [339, samples instanceof Float32Array ? 3 : 1], // floats, or whole numbers without sign
  ];
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i); // LONG
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(8 + data.length, 4);
  return Buffer.concat([header, data, directory]);
}
