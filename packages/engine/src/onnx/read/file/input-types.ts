import { formatShape, type DType, type Shape } from '../../../graph/dtype.ts';
import { modelError } from './model-error.ts';
import type { ValueInfoProto } from '../../schema/onnx_pb.ts';
import { decodeShape, heldDType } from './tensors.ts';

/** What a model file declares about an input. */
export interface InputType {
  readonly dtype: DType;
  /** ONNX's number of the element type. */
  readonly elementType: number;
  /** A number if fixed, the name of the dimension (possibly empty) if open; `undefined` if not declared. */
  readonly dimensions: readonly (number | string)[] | undefined;
}

/**
 * Reads the declared type of an input. Whole numbers of 8 bits, such as pixels, count as float32: networks with such inputs convert
 * them first, and only float32 allows a gradient with respect to the picture.
 * @throws InputError when it is no tensor of a supported type
 */
export function decodeInputType(info: ValueInfoProto): InputType {
  if (info.type?.value.case !== 'tensorType') {
    throw modelError(`input "${info.name}" is not a tensor`);
  }
  const { elemType, shape } = info.type.value.value;
  const dtype = heldDType(elemType, info.name);
  const dimensions = shape?.dim.map(({ value }) => {
    // Some exporters write 0 or -1 for an open size.
    if (value.case === 'dimValue' && value.value <= 0n) return '';
    if (value.case === 'dimValue') return decodeShape([value.value], info.name)[0] ?? 0;
    return value.case === 'dimParam' ? value.value : '';
  });
  return { dtype, elementType: elemType, dimensions };
}

/**
 * The shape of an input: the caller's, or the declared one if all its dimensions are fixed.
 * @throws InputError when dimensions are open and the caller gave none, another number of them, or impossible sizes
 */
export function fixedShape(name: string, { dimensions }: InputType, given: Shape | undefined): Shape {
  if (given === undefined) {
    if (dimensions === undefined) {
      throw modelError(`input "${name}" has no declared shape; give its shape`);
    }
    const open = dimensions.some((size) => typeof size === 'string');
    if (open) {
      throw modelError(`input "${name}" has open dimensions ${describe(dimensions)}; give its shape`);
    }
    return decodeShape(dimensions.map(BigInt), name);
  }
  if (dimensions !== undefined && dimensions.length !== given.length) {
    throw modelError(
      `input "${name}" cannot have shape ${formatShape(given)}; the model declares ${describe(dimensions)}`,
    );
  }
  if (given.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw modelError(
      `input "${name}" cannot have shape ${formatShape(given)}; sizes are whole numbers from 1`,
    );
  }
  return decodeShape(given.map(BigInt), name);
}

function describe(dimensions: readonly (number | string)[]): string {
  return `[${dimensions.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}
