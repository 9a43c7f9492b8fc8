import { InputError } from '../../../errors.ts';

const LONGEST = 500;

/**
 * An error about a model file. Names come from the file, which is untrusted. Control characters, which could control a
 * terminal, are replaced, and the message stays one line of limited length.
 */
export function modelError(problem: string, cause?: unknown): InputError {
  const line = problem.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  const text = line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
  return new InputError(`ONNX model: ${text}`, cause === undefined ? undefined : { cause });
}
