/**
 * An error caused by what a person gave: a file, an option, a value. The message is one line that names the
 * input, says what is wrong and what would be right. Command lines end with exit code 2 on it.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An operator was given shapes or dtypes it cannot combine. The message names the operator and every shape. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** A gradient was asked through an operator that has no gradient rule. The message names it and the path to it. */
export class GradientError extends Error {
  override readonly name = 'GradientError';
}
