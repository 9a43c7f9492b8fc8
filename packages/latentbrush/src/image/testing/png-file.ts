import { crc32, deflateSync } from 'node:zlib';

/** The header of a PNG file (ISO/IEC 15948, 11.2), which its data can contradict. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  /** 0 grey, 2 red-green-blue, 4 grey and opacity, 6 red-green-blue and opacity. */
  readonly colorType: 0 | 2 | 4 | 6;
}

const CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** A PNG file written without the tested library. Samples are in order of pixels. */
export function pngFile(header: PngHeader, samples: readonly number[]): Uint8Array {
  const { width, height, bits, colorType } = header;
  const perRow = width * CHANNELS[colorType];
  const rows = Array.from({ length: Math.ceil(samples.length / perRow) }, (_, y) => {
    const row = samples.slice(y * perRow, (y + 1) * perRow);
    return [0, ...row.flatMap((sample) => (bits === 16 ? [sample >> 8, sample & 255] : [sample]))]; // 0: no filter
  });
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([bits, colorType], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', ihdr),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const contents = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(contents), 4);
  return Buffer.concat([frame.subarray(0, 4), contents, frame.subarray(4)]);
}
