import { expect } from 'vitest';
import { InputError } from '../../../errors.ts';
import { decodeOnnx, type DecodeOptions } from '../decode.ts';

/** The one-line message that refuses a model; fails when the model is accepted. */
export function refusal(bytes: Uint8Array, options?: DecodeOptions): string {
  try {
    decodeOnnx(bytes, options);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('the model was accepted');
}
