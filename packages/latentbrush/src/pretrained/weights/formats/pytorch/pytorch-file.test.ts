import { InputError, Random } from '@latentbrush/engine';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { mutated } from '../../testing/mutations.ts';
import { zipFile } from '../../testing/zip-files.ts';
import type { WeightTable } from '../../weight-table.ts';
import { ZipFile } from '../zip-file.ts';
import { pytorchArchiveWeights, pytorchPickleWeights } from './pytorch-file.ts';

const PROTO = '\x80\x02';
const STOP = '.';
const WITHOUT_CODE = /^[^\p{Cc}]*weights\.pth: [^\p{Cc}]+$/u;

const fixture = async (name: string): Promise<Buffer> =>
  readFile(new URL(`../../testing/${name}`, import.meta.url));

function read(bytes: Uint8Array, name = 'weights.pth'): WeightTable {
  if (bytes[0] !== 0x50) return pytorchPickleWeights(bytes, name);
  try {
    return pytorchArchiveWeights(new ZipFile(bytes), bytes.length, name);
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(name)) throw error;
    throw new InputError(`${name}: ${error.message}`); // as readWeights names the file
  }
}

/** An archive of torch.save with this pickle, and one storage of 8 floats. */
const archiveOf = (pickle: string): Uint8Array<ArrayBuffer> =>
  zipFile({ 'm/data.pkl': Buffer.from(pickle, 'latin1'), 'm/data/0': new Uint8Array(32) });

const text = (value: string): string => `X${littleEndian(value.length, 4)}${value}`;
const littleEndian = (value: number, bytes: number): string =>
  Array.from({ length: bytes }, (_, index) =>
    String.fromCharCode(Math.floor(value / 256 ** index) % 256),
  ).join('');
const storage = (elements: number): string =>
  `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}J${littleEndian(elements, 4)}tQ`;
const tuple = (numbers: readonly number[]): string =>
  `(${numbers.map((number) => `J${littleEndian(number, 4)}`).join('')}t`;
const tensor = (
  elements: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage(elements)}J${littleEndian(offset, 4)}${tuple(shape)}${tuple(strides)}\x89}tR`;
const dictOf = (value: string): string => `${PROTO}}(${text('features.0.weight')}${value}u${STOP}`;

it('an archive with compressed numbers is refused before they are unpacked: many tensors can share them', () => {
  const pickle = dictOf(tensor(8, 0, [8], [1]));
  const files = { 'm/data.pkl': Buffer.from(pickle, 'latin1'), 'm/data/0': new Uint8Array(32) };
  expect(() => read(zipFile(files, 'deflated'))).toThrow(
    /^weights\.pth: "m\/data\/0" in the archive is compressed; in such files it never is$/,
  );
});

describe.each(['vgg16-one-channel.pth', 'vgg16-one-channel-1.5.pth'])(
  '%s, as PyTorch 2.15 writes it',
  (name) => {
    it('has the weights of all types and layouts', async () => {
      const table = read(await fixture(name));
      expect(table.size).toBe(26);
      for (let index = 1; index < 13; index++) {
        // Kernels are [height, width, in, out]: with one channel in the same order as PyTorch's.
        const [kernel, bias] = [...table.values()].slice(2 * index, 2 * index + 2);
        expect(kernel?.shape).toEqual([3, 3, 1, 1]);
        expect([...(kernel?.data ?? [])]).toEqual(Array.from({ length: 9 }, (_, place) => place + index));
        expect([...(bias?.data ?? [])]).toEqual([index]);
      }
    });

    it('is refused when it is cut off', async () => {
      const file = await fixture(name);
      for (const length of [16, 400, file.length - 40]) {
        expect(() => read(file.subarray(0, length)), String(length)).toThrow(WITHOUT_CODE);
      }
    });
  },
);

describe('a dict of tensors in a dict', () => {
  const kernel = `}(${text('features.0.weight')}${tensor(8, 0, [8], [1])}u`;
  const checkpoint = (...names: string[]): string =>
    `${PROTO}}(${names.map((name) => text(name) + kernel).join('')}u${STOP}`;

  // One kernel is no whole network: the message shows that it was found.
  it.each([[['state_dict']], [['model_ema']], [['anything']], [['model', 'model_ema']]])('%j', (names) => {
    expect(() => read(archiveOf(checkpoint(...names)))).toThrow(/a VGG of 1 convolutions/);
  });

  it('must be the only one, when none has a usual name', () => {
    expect(() => read(archiveOf(checkpoint('student', 'teacher')))).toThrow(
      /several dicts of tensors \("student", "teacher"\); save one alone/,
    );
  });
});

describe('a pickle that asks for more than tensors is refused, and nothing of it runs:', () => {
  const nested = `${PROTO}${'('.repeat(250_000)}${STOP}`;
  it.each<[string, string, RegExp]>([
    [
      'a system call',
      `${PROTO}cos\nsystem\n${text('touch /tmp/run')}\x85R.`,
      /asks for "os\.system"; only tensors/,
    ],
    ['eval', `${PROTO}cbuiltins\neval\n${text('1')}\x85R.`, /asks for "builtins\.eval"/],
    ['a name from the stack', `\x80\x04${text('posix')}${text('system')}\x93.`, /asks for "posix\.system"/],
    ['a module of PyTorch', `${PROTO}ctorch.nn\nLinear\n)R.`, /asks for "torch\.nn\.Linear".*state_dict/],
    ['a name of JavaScript', `${PROTO}ctorch\nconstructorStorage\n.`, /asks for "torch\.constructorStorage"/],
    ['a control character in a name', `${PROTO}ca\x1b[2J\nb\n.`, /asks for "a\\u001b\[2J\.b"/],
    ['INST', `${PROTO}(ios\nsystem\n.`, /makes objects of a class/],
    ['NEWOBJ', `${PROTO}ccollections\nOrderedDict\n)\x81.`, /makes objects of a class/],
    ['the registry of extensions', `${PROTO}\x82\x01.`, /makes objects of a class/],
    ['attributes of a tensor', `${PROTO}${tensor(8, 0, [8], [1])}}b.`, /sets attributes/],
    ['a call of a type', `${PROTO}ctorch\nFloatStorage\n)R.`, /which is no function/],
    ['a reference to any object', `${PROTO}${text('x')}Q.`, /no storage of a tensor/],
    ['a text of 2 GB', `${PROTO}X\xff\xff\xff\x7f.`, /a text of 2147483647 bytes/],
    ['a text of 2^63 bytes', `${PROTO}\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.`, /a text of/],
    ['a number of 4 GB', `${PROTO}\x8b\xff\xff\xff\xff.`, /a number of 4294967295 bytes/],
    ['open marks without end', nested, /pickle/],
    ['lists in lists', `${PROTO}${']'.repeat(130_000)}${'a'.repeat(129_999)}${STOP}`, /no dict of tensors/],
    ['a list in itself', `${PROTO}]q\0h\0a.`, /no dict of tensors/],
    ['a dict in itself', `${PROTO}}q\0(${text('state_dict')}h\0u.`, /no dict of tensors/],
    [
      'doubled lists',
      `${PROTO}]q\0${Array.from({ length: 200 }, () => ']q\x01h\0ah\0aq\0').join('')}.`,
      /no dict of/,
    ],
    ['no end', `${PROTO}${'N0'.repeat(600_000)}.`, /more than 262144 steps/],
    ['a value that was never kept', `${PROTO}h\x05.`, /is damaged/],
    ['nothing', STOP, /is damaged/],
    ['a tensor beyond its numbers', dictOf(tensor(8, 1, [8], [1])), /beyond the 8 numbers/],
    ['a tensor by a stride', dictOf(tensor(8, 0, [2, 2], [2, 1_000_000])), /beyond the 8 numbers/],
    [
      'more numbers than there are',
      dictOf(tensor(2 ** 30, 0, [2 ** 30], [1])),
      /more numbers than a file of this size may have/,
    ],
    [
      'one number a billion times',
      dictOf(tensor(8, 0, [30_000, 30_000], [0, 0])),
      /more numbers than a file of this size may have/,
    ],
    ['missing numbers', dictOf(tensor(9, 0, [9], [1])), /numbers of "features\.0\.weight" are missing/],
    ['a negative size', dictOf(tensor(8, 0, [-1], [1])), /no whole number/],
    ['nine dimensions', dictOf(tensor(8, 0, Array(9).fill(1), Array(9).fill(1))), /9 dimensions/],
  ])('%s', (_, pickle, message) => {
    for (const file of [archiveOf(pickle), legacyOf(pickle)]) {
      const start = performance.now();
      expect(() => read(file)).toThrow(InputError);
      expect(() => read(file)).toThrow(WITHOUT_CODE);
      // After the pickles of a file of before PyTorch 1.6, the list of storages is not there: other words, as plain.
      if (file[0] === 0x50) expect(() => read(file)).toThrow(message);
      expect((performance.now() - start) / 3).toBeLessThan(1000);
    }
  });
});

/** The same pickle in a file of before PyTorch 1.6. */
function legacyOf(pickle: string): Uint8Array {
  const magic = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19';
  return Buffer.from(`${PROTO}${magic}.${PROTO}M\xe9\x03.${PROTO}}.${pickle}${PROTO}].`, 'latin1');
}

describe('damaged files give weights or a one-line error, in less than a second each:', () => {
  it.each(['vgg16-one-channel.pth', 'vgg16-one-channel-1.5.pth'])('1000 of %s', async (name) => {
    const file = await fixture(name);
    // Most of an archive are numbers and names, where a change does little: every second change is in the pickle.
    const start = file.indexOf(PROTO, 0, 'latin1');
    const length = name.includes('1.5') ? file.length : file.lastIndexOf('tQ') + 400 - start;
    const random = new Random(3);
    const counts = { read: 0, refused: 0 };
    for (let time = 0; time < 1000; time++) {
      const changed =
        time % 2 === 0
          ? mutated(file, random)
          : Buffer.concat([
              file.subarray(0, start),
              mutated(file.subarray(start, start + length), random),
              file.subarray(start + length),
            ]);
      const begin = performance.now();
      try {
        for (const { shape, data } of read(changed).values()) {
          expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
        }
        counts.read += 1;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(WITHOUT_CODE);
        counts.refused += 1;
      }
      expect(performance.now() - begin).toBeLessThan(1000);
    }
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(50);
  });

  it('1000 random programs of the steps that a pickle has', () => {
    const steps = [
      ...[
        '(',
        ')',
        ']',
        '}',
        't',
        'a',
        'e',
        's',
        'u',
        'R',
        'b',
        'Q',
        '0',
        '1',
        '2',
        'N',
        '\x88',
        '\x94',
        'l',
      ],
      ...['h\0', 'q\0', 'h\x01', 'q\x01', '\x85', '\x86', '\x87', 'K\x05', '\x93', 'i', 'o', '\x81', '\x92'],
      ...['ccollections\nOrderedDict\n', 'cos\nsystem\n', 'ctorch._utils\n_rebuild_tensor_v2\n'],
      ...['ctorch\nFloatStorage\n', storage(8), tensor(8, 0, [2, 2], [2, 1]), text('state_dict'), text('os')],
      ...['ctorch._utils\n_rebuild_parameter\n', tuple([2, 2]), 'X\xff\xff\xff\xff', '\x8b\xff\xff\xff\x7f'],
    ];
    const random = new Random(4);
    for (let time = 0; time < 1000; time++) {
      const program = Array.from(
        { length: random.integer(1, 60) },
        () => steps[random.integer(0, steps.length)],
      );
      const begin = performance.now();
      expect(() => read(archiveOf(`${PROTO}${program.join('')}.`))).toThrow(WITHOUT_CODE);
      expect(performance.now() - begin).toBeLessThan(1000);
    }
  });
});

it('a file of a big-endian machine is refused', () => {
  const archive = zipFile({ 'm/data.pkl': `${PROTO}}.`, 'm/byteorder': 'big' });
  expect(() => read(archive)).toThrow(/big-endian/);
});

it('another pickle is refused', () => {
  expect(() => read(Buffer.from('80027d2e', 'hex'))).toThrow(
    /weights\.pth: a pickle, but not one of torch\.save/,
  );
});
