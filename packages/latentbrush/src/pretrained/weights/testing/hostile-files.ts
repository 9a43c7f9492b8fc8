import { deflateRawSync } from 'node:zlib';
import type { File } from 'h5wasm';
import type { Random } from '@latentbrush/engine';
import { hdf5File, type TensorToWrite } from './hdf5-files.ts';
import { mutated } from './mutations.ts';
import { zipFile } from './zip-files.ts';

/*
 * Files that somebody made to do harm, by chance: other than damaged files, most of them are well-formed in all but one place.
 */

/** One of a list. */
export function oneOf<T>(list: readonly T[], random: Random): T {
  return list[random.integer(0, list.length)]!;
}

const CONTROL = '\u001b[2J\r\n\u202e';
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '',
  '.',
  '..',
  '../../outside',
  '/etc/passwd',
  'a\0b',
  CONTROL,
  'x'.repeat(70_000),
];
const LARGE = [0xff, 0xffff, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Whole numbers of a file, of 1 to 8 bytes, replaced by very large ones, mostly not among zeros. */
function withLargeNumbers(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (let changes = random.integer(1, 4); changes > 0 && copy.length > 8; changes--) {
    let place = random.integer(0, copy.length - 8);
    for (let tries = 0; tries < 10 && copy[place] === 0; tries++) place = random.integer(0, copy.length - 8);
    if (random.uniform() < 0.3)
      view.setBigUint64(place, oneOf([2n ** 40n, 2n ** 63n, 2n ** 64n - 1n], random), true);
    else if (random.uniform() < 0.5) view.setUint32(place, oneOf(LARGE, random), true);
    else view.setUint16(place, oneOf([0, 0xffff, 0x7fff, 0x8000], random), true);
  }
  return copy;
}

/** Unchanged, damaged, or with large numbers. */
function attacked(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const way = random.integer(0, 3);
  if (way === 0) return Uint8Array.from(bytes);
  return way === 1 ? mutated(bytes, random) : withLargeNumbers(bytes, random);
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A `config.json` of Keras whose layers are anything but what they should be. */
function hostileConfig(random: Random): string {
  const layer = (type: unknown, name: unknown): object => ({ class_name: type, config: { name } });
  const layers = Array.from({ length: random.integer(0, 4) }, () =>
    layer(
      oneOf(['Conv2D', 'Lambda', ...NAMES, 7, null, ['Conv2D']], random),
      oneOf([...NAMES, 7, {}, null], random),
    ),
  );
  const code = {
    class_name: 'Lambda',
    config: { name: 'a', function: { class_name: '__lambda__', config: { code: 'touch outside' } } },
  };
  return oneOf(
    [
      JSON.stringify({ config: { layers } }),
      JSON.stringify({ config: { layers: [code, layer('Conv2D', 'conv2d_1')] } }),
      `{"config":{"layers":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
      `{"config":{"layers":${'{"config":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`,
      `{"config":{"layers":[${'{},'.repeat(100_000)}{}]}}`,
      `{"__proto__":{"layers":[{"class_name":"Conv2D"}]},"config":{"__proto__":{"layers":[]}}}`,
      `{"config":{"layers":${'9'.repeat(100_000)}}}`,
      `{"config":{"layers":"${'Conv2D'.repeat(1000)}"}}`,
      '[]',
      'null',
      '',
      `{"config":`,
    ],
    random,
  );
}

/** A `.keras` file: its archive, its layers or its weights are hostile. */
export function hostileKeras(weights: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const usual = JSON.stringify({
    config: { layers: [{ class_name: 'Conv2D', config: { name: 'conv2d_1' } }] },
  });
  const config = random.uniform() < 0.5 ? usual : hostileConfig(random);
  const inside = random.uniform() < 0.3 ? attacked(weights, random) : weights;
  const files: Record<string, string | Uint8Array> = {};
  if (random.uniform() < 0.2) files[oneOf(NAMES, random).slice(0, 60_000)] = 'outside';
  if (random.uniform() > 0.05) files['config.json'] = config;
  if (random.uniform() > 0.05)
    files['model.weights.h5'] = random.uniform() < 0.1 ? new Uint8Array(2 ** 21) : inside;
  const archive = zipFile(files, random.uniform() < 0.5 ? 'stored' : 'deflated');
  return random.uniform() < 0.4 ? archive : hostileZip(archive, random);
}

const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Fields of an entry in the table of contents: place and bytes. */
const ENTRY_FIELDS = [
  [8, 2],
  [10, 2],
  [16, 4],
  [20, 4],
  [24, 4],
  [28, 2],
  [30, 2],
  [32, 2],
  [42, 4],
] as const;
/** Those of the end of the table. */
const END_FIELDS = [
  [8, 2],
  [10, 2],
  [12, 4],
  [16, 4],
  [20, 2],
] as const;

/** An archive that lies about its files: sizes, places, methods, names, numbers of entries; or with 64-bit fields, or packed without end. */
export function hostileZip(archive: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(archive);
  const view = new DataView(copy.buffer);
  const signatures = (signature: number): number[] =>
    Array.from({ length: copy.length - 4 }, (_, place) => place).filter(
      (place) => view.getUint32(place, true) === signature,
    );
  const entries = signatures(CENTRAL);
  const change = (start: number, [place, bytes]: readonly [number, number]): void => {
    const value = oneOf([0, 1, 8, copy.length, copy.length - 1, ...LARGE], random);
    if (start + place + bytes > copy.length) return;
    if (bytes === 2) view.setUint16(start + place, value & 0xffff, true);
    else view.setUint32(start + place, value, true);
  };
  const way = random.integer(0, 5);
  if (way === 0 || entries.length === 0) return attacked(copy, random);
  if (way === 1) for (const end of signatures(END)) change(end, oneOf(END_FIELDS, random));
  else if (way === 2) {
    // All entries are the same one.
    const first = entries[0]!;
    for (const entry of entries) copy.copyWithin(entry + 42, first + 42, first + 46);
  } else
    for (let changes = random.integer(1, 4); changes > 0; changes--)
      change(oneOf(entries, random), oneOf(ENTRY_FIELDS, random));
  if (way === 4) {
    // Numbers of 64 bits: their places are named by a record before the end.
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(oneOf([0n, BigInt(copy.length), 2n ** 53n, 2n ** 64n - 1n], random), 8);
    return Uint8Array.from(Buffer.concat([copy.subarray(0, -22), locator, copy.subarray(-22)]));
  }
  return copy;
}

/** A small `.keras` file whose weights or layers would fill hundreds of megabytes. */
export function bomb(file: 'config.json' | 'model.weights.h5', megabytes: number): Uint8Array<ArrayBuffer> {
  const contents = Buffer.alloc(megabytes * 2 ** 20, '[');
  const files = { 'config.json': '{}', 'model.weights.h5': 'x', [file]: contents };
  return zipFile(files, 'deflated');
}

/** A file of a layer whose compressed tensor unpacks to many megabytes more than it has numbers. */
export async function hdf5Bomb(megabytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = 2 ** 15 + megabytes * 300; // what the compressed zeros need
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i++) noise[i] = Math.fround(Math.sin(i * i) * 1e6);
  const file = await hdf5File([{ path: 'conv2d_1/kernel:0', data: noise, chunks: [length] }]);
  const place = Buffer.from(file).indexOf(Buffer.from([0x78]), 2000);
  const zeros = deflateRawSync(Buffer.alloc(megabytes * 2 ** 20), { level: 9 });
  file.set([0x78, 0x01], place);
  file.set(zeros, place + 2);
  return file;
}

const DTYPES = ['<f', '<d', '<i', '<h', '<B', '<q'];

/** An HDF5 file with the names of any version of Keras, and with what no Keras writes: links, circles, texts, many dimensions. */
export async function hostileHdf5(random: Random, kerasThree: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const layer = (index: number): string =>
    kerasThree
      ? `layers/conv2d${index === 0 ? '' : `_${index}`}/vars/${random.integer(0, 2)}`
      : `conv2d_${index}/conv2d_${index}/kernel:0`;
  const tensors = new Map<string, TensorToWrite>();
  const count = random.uniform() < 0.1 ? 16 : random.integer(0, 4);
  for (let index = 0; index < count; index++) {
    const shape = Array.from({ length: oneOf([1, 1, 4, 4, 4, 9], random) }, () => random.integer(1, 4));
    const size = shape.reduce((product, side) => product * side, 1);
    const path = layer(index);
    const dtype = random.uniform() < 0.7 ? '<f' : oneOf(DTYPES, random);
    tensors.set(path, {
      path,
      shape,
      data: Array.from({ length: size }, (_, place) => place),
      dtype,
      ...(random.uniform() < 0.3 && dtype !== '<q' ? { chunks: shape } : {}),
    });
    if (dtype === '<q') tensors.delete(path); // h5wasm wants other arrays for it
  }
  const file = await hdf5File([...tensors.values()], (written) => addOddities(written, random));
  return attacked(file, random);
}

function addOddities(file: File, random: Random): void {
  const root = file.keys()[0] ?? '';
  const parts = NAMES.filter((name) => name !== '' && !/[/.\0]/.test(name));
  let number = 0;
  const name = (): string => `${number++}${oneOf(parts, random).slice(0, oneOf([20, 2000], random))}`;
  const begin = random.integer(0, 6);
  for (let oddities = random.integer(0, 4); oddities > 0; oddities--) {
    switch ((begin + oddities) % 6) {
      case 0:
        file.create_soft_link(oneOf([`/${root}`, '/', '/none', '.'], random), name());
        break;
      case 1:
        if (root !== '') file.create_hard_link(`/${root}`, `${root}/${name()}`);
        break;
      case 2:
        file.create_external_link(oneOf(['/etc/passwd', 'weights.h5', '/dev/stdin'], random), '/', name());
        break;
      case 3: {
        const texts = ['theano', CONTROL, 'x'.repeat(60_000), Array.from({ length: 50 }, () => 'tensorflow')];
        file.create_attribute('backend', oneOf(texts, random));
        break;
      }
      case 4:
        file.create_group(name());
        break;
      default:
        file.create_attribute('name', oneOf(NAMES, random).slice(0, 5000).replaceAll('\0', '') || 'x');
    }
  }
}

/** A safetensors file whose header is hostile, or whose data are. */
export function hostileSafetensors(random: Random): Uint8Array<ArrayBuffer> {
  const entry = (): object => ({
    dtype: oneOf(['F32', 'F16', 'BF16', 'F64', 'I64', 'BOOL', 'constructor', CONTROL, null, 7], random),
    shape: oneOf<unknown>(
      [[1], [2, 2], [0], [-1], [2 ** 40, 2 ** 40], [1.5], 'x', Array(20_000).fill(1), [[1]], null],
      random,
    ),
    data_offsets: oneOf<unknown>(
      [[0, 4], [0, 16], [4, 8], [0, 0], [-4, 0], [0, 2 ** 53], [4, 0], [0], null, 'x', [0, 4, 8]],
      random,
    ),
  });
  const names = [
    'conv2d_1/kernel',
    'features.0.weight',
    'Conv2d_1a_3x3.conv.weight',
    ...NAMES,
    '__metadata__',
  ];
  const entries = Array.from(
    { length: random.integer(0, 4) },
    () => [oneOf(names, random), entry()] as const,
  );
  const good = { dtype: 'F32', shape: [4], data_offsets: [0, 16] };
  const header = oneOf(
    [
      JSON.stringify(Object.fromEntries(entries)),
      JSON.stringify({ [oneOf(names, random)]: good }),
      `{"__proto__":${JSON.stringify(good)}}`,
      `{"a/kernel":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      `{"a/kernel":[${'{},'.repeat(50_000)}{}]}`,
      `{"a/kernel":${JSON.stringify(good)},"__metadata__":{"a":${JSON.stringify(CONTROL)}}}`,
      '[]',
      '{',
    ],
    random,
  );
  const json = bytesOf(header);
  const file = new Uint8Array(8 + json.length + oneOf([0, 4, 16, 17], random));
  const length =
    random.uniform() < 0.8
      ? BigInt(json.length)
      : oneOf([0n, 1n, 2n ** 24n, 2n ** 40n, 2n ** 64n - 1n], random);
  new DataView(file.buffer).setBigUint64(0, length, true);
  file.set(json, 8);
  return random.uniform() < 0.7 ? file : attacked(file, random);
}
