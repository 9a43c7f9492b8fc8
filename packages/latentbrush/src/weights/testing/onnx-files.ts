/** A float32 initialiser of an ONNX file. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Writes an ONNX file with nothing but initialisers: the protobuf fields ir_version, graph and those of TensorProto. */
export function onnxFile(initializers: readonly Initializer[]): Uint8Array<ArrayBuffer> {
  const tensors = initializers.map(({ name, shape, data }) =>
    bytesField(5, [
      ...shape.flatMap((size) => numberField(1, size)),
      ...numberField(2, 1), // FLOAT
      ...bytesField(8, new TextEncoder().encode(name)),
      ...bytesField(9, new Uint8Array(Float32Array.from(data).buffer)),
    ]),
  );
  return Uint8Array.from([...numberField(1, 8), ...bytesField(7, tensors.flat())]);
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
