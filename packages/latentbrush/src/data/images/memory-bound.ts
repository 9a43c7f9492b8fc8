import { availableMemory } from 'node:process';
import { InputError } from '@latentbrush/engine';

const GIB = 2 ** 30;

/** The kind of pictures of a data set. */
export interface PictureShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Checks the bytes of pictures. @throws InputError when they are too many
 */
export type Allow = (bytes: number, shape: PictureShape) => void;

/** The limit of memory, and the refusal of larger data before they are allocated. */
export class MemoryBound {
  readonly bytes: number;

  /**
   * @param gibibytes most memory to use, in GiB; default 80 % of the free memory
   * @throws InputError when it is not above 0
   */
  constructor(gibibytes?: number) {
    if (gibibytes !== undefined && !(gibibytes > 0)) {
      throw new InputError(`max memory: ${gibibytes} GiB were given; a number above 0 is needed`);
    }
    this.bytes = gibibytes === undefined ? 0.8 * availableMemory() : gibibytes * GIB;
  }

  /**
   * Checks the memory before the work.
   * @param bytes the total need
   * @param name the data set, for the message
   * @throws InputError with the estimate and what to do
   */
  check(bytes: number, name: string): void {
    if (bytes <= this.bytes) return;
    throw new InputError(
      `${name}: loading it needs about ${gib(bytes)} GiB of memory, and the limit is ${gib(this.bytes)} GiB; ` +
        'use smaller or fewer pictures (size, limit), or allow more memory',
    );
  }
}

function gib(bytes: number): string {
  return (bytes / GIB).toPrecision(2);
}
