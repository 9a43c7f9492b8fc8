/*
 * The inner loop of matrix products in double precision, as WebAssembly with vectors of two numbers: four times as fast as JavaScript. The
 * specification of WebAssembly fixes the result of each instruction, and the sum of each element runs in one order, so every machine computes
 * the same bytes. The module is small enough to be written instruction by instruction.
 */

/** Rows and columns of a tile. */
export const TILE = 4;

/**
 * Adds to a tile of 4 x 4 numbers the product of two panels: tile[i, j] += Σ over k of a[k, i] · b[k, j]. All places are byte addresses in
 * the memory, multiples of 8; panels and tile are stored in row order.
 * @param count rows of the panels: an even number
 */
export type TileProduct = (a: number, b: number, count: number, tile: number) => void;

let compiled: WebAssembly.Module | undefined;

/** The product of panels in a memory. */
export function tileProduct(memory: WebAssembly.Memory): TileProduct {
  compiled ??= new WebAssembly.Module(moduleBytes());
  return new WebAssembly.Instance(compiled, { host: { memory } }).exports.product as TileProduct;
}

const I32 = 0x7f;
const V128 = 0x7b;

/** Rows of the panels in one round of the loop. */
const UNROLLED = 2;

const BYTES = 8;

// The numbers of the module's locals: its four parameters, and vectors.
const [A, B, COUNT, TILE_PLACE] = [0, 1, 2, 3];
const sumOf = (row: number, half: number): number => 4 + 2 * row + half;
const [LEFT, RIGHT, SPREAD] = [4 + 2 * TILE, 5 + 2 * TILE, 6 + 2 * TILE];

type Code = readonly number[];

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const body = [...list([[...unsigned(2 * TILE + 3), V128]]), ...productCode()];
  const noResult = list([]);
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, list([[0x60, ...list([[I32], [I32], [I32], [I32]]), ...noResult]])),
    ...section(2, list([[...name('host'), ...name('memory'), 2, 0, ...unsigned(1)]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...name('product'), 0, 0]])),
    ...section(10, list([[...unsigned(body.length), ...body]])),
  ]);
}

function productCode(): Code {
  const tile = Array.from({ length: TILE }, (_, row) => [0, 1].map((half) => ({ row, half }))).flat();
  const placeOf = (row: number, half: number): number => BYTES * (TILE * row + 2 * half);
  const round = Array.from({ length: UNROLLED }, (_, k) => [
    ...get(B),
    ...load(placeOf(k, 0)),
    ...set(LEFT),
    ...get(B),
    ...load(placeOf(k, 1)),
    ...set(RIGHT),
    ...Array.from({ length: TILE }, (__, row) => [
      ...get(A),
      ...loadSpread(BYTES * (TILE * k + row)),
      ...set(SPREAD),
      ...[LEFT, RIGHT].flatMap((operand, half) => [
        ...get(sumOf(row, half)),
        ...get(SPREAD),
        ...get(operand),
        ...MULTIPLY,
        ...ADD,
        ...set(sumOf(row, half)),
      ]),
    ]).flat(),
  ]).flat();
  const step = BYTES * TILE * UNROLLED;
  return [
    ...tile.flatMap(({ row, half }) => [
      ...get(TILE_PLACE),
      ...load(placeOf(row, half)),
      ...set(sumOf(row, half)),
    ]),
    ...[BLOCK, NOTHING, ...get(COUNT), IS_ZERO, BRANCH_IF, 0, LOOP, NOTHING],
    ...round,
    ...[...get(A), ...number(step), PLUS, ...set(A)],
    ...[...get(B), ...number(step), PLUS, ...set(B)],
    ...[...get(COUNT), ...number(UNROLLED), MINUS, ...tee(COUNT), BRANCH_IF, 0, END, END],
    ...tile.flatMap(({ row, half }) => [
      ...get(TILE_PLACE),
      ...get(sumOf(row, half)),
      ...store(placeOf(row, half)),
    ]),
    END,
  ];
}

const [BLOCK, LOOP, END, BRANCH_IF, NOTHING] = [0x02, 0x03, 0x0b, 0x0d, 0x40];
const [IS_ZERO, PLUS, MINUS] = [0x45, 0x6a, 0x6b];
const MULTIPLY = vectorCode(0xf2);
const ADD = vectorCode(0xf0);

const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
const tee = (local: number): Code => [0x22, ...unsigned(local)];
// These numbers are below 64, so that their signed form has one byte, too.
const number = (value: number): Code => [
  0x41,
  ...(value < 64 ? [value] : [0x80 | (value & 0x7f), value >> 7]),
];
// The exponent of the alignment, and the offset from the address on the stack.
const load = (offset: number): Code => [...vectorCode(0), 3, ...unsigned(offset)];
const loadSpread = (offset: number): Code => [...vectorCode(10), 3, ...unsigned(offset)];
const store = (offset: number): Code => [...vectorCode(11), 3, ...unsigned(offset)];

function vectorCode(operation: number): Code {
  return [0xfd, ...unsigned(operation)];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return [...unsigned(text.length), ...new TextEncoder().encode(text)];
}

/** A whole number in WebAssembly's form: seven bits in a byte, the lowest first. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [0x80 | (value & 0x7f), ...unsigned(value >>> 7)];
}
