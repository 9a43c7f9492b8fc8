/**
 * An error caused by wrong input: a file, an option, a value. The message is one line that names the
 * input, says what is wrong and what would be right. The command line then ends with exit code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An operator got shapes or dtypes that it cannot combine. The message names the operator and every shape. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** A gradient is needed through an operator without a gradient rule. The message names the operator and the path to it. */
export class GradientError extends Error {
  override readonly name = 'GradientError';
}
