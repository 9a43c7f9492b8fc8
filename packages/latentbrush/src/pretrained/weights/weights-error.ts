import { InputError } from '@latentbrush/engine';

const MAX_LENGTH = 600;

/** A text from an untrusted file, made safe for a terminal: control characters and line ends are replaced, and a long text is cut. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, '\ufffd');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)} ...` : line;
}

/** The error to throw when a file causes this one: one line that begins with the file's name. Other errors do not change. */
export function weightsError(error: unknown, name: string): unknown {
  if (!(error instanceof InputError)) return error;
  const { message } = error;
  const named = message.startsWith(name) ? message : `${name}: ${message}`;
  return oneLine(named) === message ? error : new InputError(oneLine(named), { cause: error });
}
