import { InputError } from '@latentbrush/engine';

/** Longest text or list of bytes in a pickle; names of tensors are much shorter. */
const MAX_TEXT = 2 ** 20;
/** Longest name of a class. */
const MAX_NAME = 1024;
/** Steps of a pickle. A network of 1,000 tensors with two moments of Adam takes 120,000. */
const MAX_STEPS = 2 ** 18;
/** Longest whole number, in bytes. */
const MAX_INTEGER = 16;

/** A tuple; a list is an array. */
export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A class or function that a pickle names, such as `torch._utils._rebuild_tensor_v2`. It is only its name: nothing is loaded or called. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What {@link PickleRules} make of the objects of a pickle; a class of theirs extends it. */
export abstract class PickleObject {
  /** What it is, in words. */
  abstract readonly kind: string;
}

/** A value of a pickle. A dict is a Map. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleTuple
  | PickleGlobal
  | PickleObject
  | PickleValue[]
  | Map<PickleValue, PickleValue>;

/** What a pickle may name, and what becomes of it. All of them throw an InputError on what they do not know. */
export interface PickleRules {
  /** Checks the name of a class or function. */
  readonly allow: (name: string) => void;
  /** The value of a call of an allowed function. */
  readonly call: (name: string, parameters: readonly PickleValue[]) => PickleValue;
  /** The object of a persistent id. */
  readonly load: (id: PickleValue) => PickleValue;
  /** Most steps of the pickle; default 2^18. */
  readonly steps?: number;
}

/**
 * Reads a pickle of protocol 2 to 5 as data. A pickle is a program for a machine with a stack; Python's own reader lets it import any module and
 * call any function. Here a name stays a name, a call gives what the rules say, and every other step that would make an object is refused, so that
 * nothing in the file can run. Texts, numbers and steps are limited, and there is no recursion: the time is proportional to the bytes that are read.
 * @param bytes untrusted; the pickle begins at `start`, and more may follow it
 * @returns the value, and where the pickle ends
 * @throws InputError when it is damaged, too long, or asks for anything that the rules do not allow
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new Machine(bytes, start, rules);
  try {
    const value = machine.run();
    return { value, end: machine.place };
  } catch (error) {
    // Reads beyond the end of the file.
    throw error instanceof RangeError ? new InputError('its pickle is cut off', { cause: error }) : error;
  }
}

class Machine {
  place: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #memo = new Map<number, PickleValue>();
  #stack: PickleValue[] = [];
  /** Lengths of the stack at each open mark. */
  readonly #marks: number[] = [];

  constructor(bytes: Uint8Array, start: number, rules: PickleRules) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.place = start;
    this.#rules = rules;
  }

  run(): PickleValue {
    const { steps = MAX_STEPS } = this.#rules;
    for (let step = 0; step < steps; step++) {
      const code = this.#byte();
      if (code === STOP) return this.#pop();
      const act = STEPS[code];
      if (act === undefined) throw new InputError(refusal(code));
      act(this);
    }
    throw new InputError(`its pickle has more than ${steps} steps`);
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popMark(): PickleValue[] {
    const length = this.#marks.pop();
    if (length === undefined || length > this.#stack.length) throw damaged();
    return this.#stack.splice(length);
  }

  popMany(count: number): PickleValue[] {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count) throw damaged();
    return this.#stack.splice(this.#stack.length - count);
  }

  pop(): PickleValue {
    return this.#pop();
  }

  /** Python's POP also removes a mark. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.#pop();
  }

  top(): PickleValue {
    const value = this.#pop();
    this.push(value);
    return value;
  }

  put(place: number): void {
    this.#memo.set(place, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(place: number): void {
    const value = this.#memo.get(place);
    if (value === undefined) throw damaged();
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw damaged();
    for (const value of values) list.push(value);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || pairs.length % 2 !== 0) throw damaged();
    for (let index = 0; index < pairs.length; index += 2) dict.set(pairs[index]!, pairs[index + 1]!);
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged();
    const full = `${module}.${name}`;
    this.#rules.allow(full);
    this.push(new PickleGlobal(full));
  }

  reduce(): void {
    const [callee, parameters] = this.popMany(2);
    if (!(callee instanceof PickleGlobal) || !(parameters instanceof PickleTuple)) throw damaged();
    this.push(this.#rules.call(callee.name, parameters.items));
  }

  /** Attributes of an object. Those of a dict (PyTorch's `_metadata`) are left out; other objects have none. */
  build(): void {
    this.#pop();
    if (!(this.top() instanceof Map))
      throw new InputError('its pickle sets attributes of an object that is no dict');
  }

  persistent(): void {
    this.push(this.#rules.load(this.#pop()));
  }

  skip(count: number): void {
    this.#take(count);
  }

  uint8(): number {
    return this.#byte();
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A whole number of so many bytes, in two's complement. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER)
      throw new InputError(`its pickle has a number of ${length} bytes; at most ${MAX_INTEGER} are read`);
    const bytes = this.#slice(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]!);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  text(length: number): string {
    return Buffer.from(this.bytes(length)).toString('utf8');
  }

  bytes(length: number): Uint8Array {
    if (length > MAX_TEXT)
      throw new InputError(`its pickle has a text of ${length} bytes; at most ${MAX_TEXT} are read`);
    return this.#slice(length);
  }

  line(): string {
    const length = this.#bytes.subarray(this.place, this.place + MAX_NAME).indexOf(LINE_END);
    if (length === -1) throw damaged();
    const text = this.text(length);
    this.place += 1;
    return text;
  }

  #pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw damaged();
    return this.#stack.pop()!;
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(count: number): number {
    const start = this.place;
    if (!(count <= this.#bytes.length - start)) throw new RangeError('beyond the end');
    this.place += count;
    return start;
  }
}

const LINE_END = 0x0a;
const STOP = 0x2e;
const MAX_PROTOCOL = 5;

/** What each step does, by its code; names as in Python's pickletools. */
const STEPS: Readonly<Partial<Record<number, (machine: Machine) => void>>> = {
  // PROTO, FRAME
  0x80: (m) => {
    const protocol = m.uint8();
    if (protocol > MAX_PROTOCOL)
      throw new InputError(`its pickle has protocol ${protocol}, newer than ${MAX_PROTOCOL}`);
  },
  0x95: (m) => m.skip(8),
  // NONE, NEWTRUE, NEWFALSE
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  0x4a: (m) => m.push(m.int32()),
  0x4b: (m) => m.push(m.uint8()),
  0x4d: (m) => m.push(m.uint16()),
  0x8a: (m) => m.push(m.integer(m.uint8())),
  0x8b: (m) => m.push(m.integer(m.uint32())),
  0x47: (m) => m.push(m.float64()),
  // BINSTRING, SHORT_BINSTRING: texts of Python 2
  0x54: (m) => m.push(m.text(m.uint32())),
  0x55: (m) => m.push(m.text(m.uint8())),
  // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  0x58: (m) => m.push(m.text(m.uint32())),
  0x8c: (m) => m.push(m.text(m.uint8())),
  0x8d: (m) => m.push(m.text(m.uint64())),
  // BINBYTES, SHORT_BINBYTES, BINBYTES8
  0x42: (m) => m.push(m.bytes(m.uint32())),
  0x43: (m) => m.push(m.bytes(m.uint8())),
  0x8e: (m) => m.push(m.bytes(m.uint64())),
  // MARK, POP, POP_MARK, DUP
  0x28: (m) => m.mark(),
  0x30: (m) => m.discard(),
  0x31: (m) => void m.popMark(),
  0x32: (m) => m.push(m.top()),
  // EMPTY_LIST, LIST, APPEND, APPENDS
  0x5d: (m) => m.push([]),
  0x6c: (m) => m.push(m.popMark()),
  0x61: (m) => m.append([m.pop()]),
  0x65: (m) => m.append(m.popMark()),
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  0x29: (m) => m.push(new PickleTuple([])),
  0x74: (m) => m.push(new PickleTuple(m.popMark())),
  0x85: (m) => m.push(new PickleTuple(m.popMany(1))),
  0x86: (m) => m.push(new PickleTuple(m.popMany(2))),
  0x87: (m) => m.push(new PickleTuple(m.popMany(3))),
  // EMPTY_DICT, SETITEM, SETITEMS
  0x7d: (m) => m.push(new Map()),
  0x73: (m) => m.setItems(m.popMany(2)),
  0x75: (m) => m.setItems(m.popMark()),
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  0x71: (m) => m.put(m.uint8()),
  0x72: (m) => m.put(m.uint32()),
  0x94: (m) => m.memoize(),
  0x68: (m) => m.get(m.uint8()),
  0x6a: (m) => m.get(m.uint32()),
  // GLOBAL, STACK_GLOBAL, REDUCE, BUILD, BINPERSID
  0x63: (m) => m.global(m.line(), m.line()),
  0x93: (m) => {
    const [module, name] = m.popMany(2);
    m.global(module!, name!);
  },
  0x52: (m) => m.reduce(),
  0x62: (m) => m.build(),
  0x51: (m) => m.persistent(),
};

/** Steps that make objects of any class: INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1, EXT2, EXT4. */
const OBJECTS = new Set([0x69, 0x6f, 0x81, 0x92, 0x82, 0x83, 0x84]);

function refusal(code: number): string {
  return OBJECTS.has(code)
    ? 'its pickle makes objects of a class; only tensors in dicts are read'
    : `its pickle is damaged, or is none: no step has the code ${code} in files of tensors`;
}

function damaged(): InputError {
  return new InputError('its pickle is damaged');
}
