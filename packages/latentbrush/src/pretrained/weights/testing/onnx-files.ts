/** A float32 initialiser of an ONNX file. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** The declared file of the data, in place of the data. */
  readonly external?: string;
}

/** A node of an ONNX file, without attributes. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/**
 * Writes an ONNX file of opset 17 without the tested library: its initialisers, and possibly an input of float32 and nodes.
 */
export function onnxFile(
  initializers: readonly Initializer[],
  picture?: { readonly name: string; readonly shape: readonly number[] },
  nodes: readonly Node[] = [],
): Uint8Array<ArrayBuffer> {
  const tensors = initializers.map(({ name, shape, data, external }) =>
    bytesField(5, [
      ...shape.flatMap((size) => numberField(1, size)),
      ...numberField(2, 1), // FLOAT
      ...bytesField(8, new TextEncoder().encode(name)),
      ...(external === undefined
        ? bytesField(9, new Uint8Array(Float32Array.from(data).buffer))
        : [...bytesField(13, [...text(1, 'location'), ...text(2, external)]), ...numberField(14, 1)]),
    ]),
  );
  const calls = nodes.flatMap(({ operator, inputs, output }) =>
    bytesField(1, [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, operator)]),
  );
  const graph = [
    ...calls,
    ...tensors.flat(),
    ...(picture === undefined ? [] : inputField(picture.name, picture.shape)),
  ];
  return Uint8Array.from([
    ...numberField(1, 8),
    ...bytesField(7, graph),
    ...bytesField(8, numberField(2, 17)),
  ]);
}

// ValueInfoProto: name, type { tensor_type { elem_type: FLOAT, shape { dim { dim_value } } } }
function inputField(name: string, shape: readonly number[]): number[] {
  const dimensions = shape.flatMap((size) => bytesField(1, numberField(1, size)));
  const tensor = [...numberField(1, 1), ...bytesField(2, dimensions)];
  return bytesField(11, [...text(1, name), ...bytesField(2, bytesField(1, tensor))]);
}

function text(field: number, value: string): number[] {
  return bytesField(field, new TextEncoder().encode(value));
}

function numberField(field: number, value: number): number[] {
  return [field << 3, ...varint(value)];
}

function bytesField(field: number, bytes: Iterable<number>): number[] {
  const contents = [...bytes];
  return [(field << 3) | 2, ...varint(contents.length), ...contents];
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
