import { crc32, deflateRawSync } from 'node:zlib';

/** Writes a zip archive in memory. @param method whether its files are compressed */
export function zipFile(
  files: Readonly<Record<string, string | Uint8Array>>,
  method: 'stored' | 'deflated' = 'stored',
): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let place = 0;
  for (const [name, contents] of Object.entries(files)) {
    const plain = Buffer.from(contents);
    const packed = method === 'stored' ? plain : deflateRawSync(plain);
    const described = Buffer.alloc(22); // from the method to the lengths of the names
    described.writeUInt16LE(method === 'stored' ? 0 : 8, 0);
    described.writeUInt32LE(crc32(plain), 6);
    described.writeUInt32LE(packed.length, 10);
    described.writeUInt32LE(plain.length, 14);
    described.writeUInt16LE(Buffer.byteLength(name), 18);
    const local = Buffer.concat([
      Buffer.from('504b030414000000', 'hex'),
      described,
      Buffer.from(name),
      packed,
    ]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(place, 10);
    directory.push(
      Buffer.concat([Buffer.from('504b01021400140000' + '00', 'hex'), described, rest, Buffer.from(name)]),
    );
    parts.push(local);
    place += local.length;
  }
  const contents = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(place, 16);
  return Uint8Array.from(Buffer.concat([...parts, contents, end]));
}
