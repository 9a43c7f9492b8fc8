import { float32, InputError, type NDArray, type Random } from '@latentbrush/engine';
import { crop, resize, type Picture } from '../image/index.ts';
import { inColor } from './grey.ts';

/** A picture as bytes, a quarter of the memory of float32. */
interface StoredPicture {
  readonly height: number;
  readonly width: number;
  /** `[3, height, width]` */
  readonly data: Uint8ClampedArray;
}

/** How much larger than the cut-outs the shorter side of a picture is kept, so that cut-outs vary in scale. */
const SCALES = 2;

/** Of a picture that is longer than this many times its shorter side, the middle is kept. */
const LONGEST = 4;

/** The pictures a fast style learns on, from which square cut-outs are drawn. */
export class ContentCrops {
  readonly #size: number;
  readonly #pictures: StoredPicture[] = [];

  /** @param size side of the cut-outs in pixels */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many pictures there are. */
  get count(): number {
    return this.#pictures.length;
  }

  /** Adds a picture: made smaller if its shorter side is more than twice the cut-outs', larger if it is less than once. */
  add(source: Picture): void {
    const picture = withoutExcess(inColor(source));
    const shorter = Math.min(picture.height, picture.width);
    const wanted = Math.min(Math.max(shorter, this.#size), SCALES * this.#size);
    const kept = wanted === shorter ? picture : scaled(picture, wanted / shorter);
    const { height, width } = kept;
    this.#pictures.push({ height, width, data: Uint8ClampedArray.from(kept.data) });
  }

  /**
   * Draws cut-outs: a picture, a side between the cut-outs' and the picture's shorter one, a place, and which way round.
   * @returns `[count, 3, size, size]`, RGB, 0 to 255
   * @throws InputError when there are no pictures
   */
  draw(random: Random, count: number): NDArray<'float32'> {
    if (this.count === 0) throw new InputError('content: there are no pictures to learn on');
    const size = this.#size;
    const batch = new Float32Array(count * 3 * size * size);
    for (let index = 0; index < count; index++) {
      const stored = this.#pictures[random.integer(0, this.count)]!;
      const { height, width } = stored;
      const side = random.integer(size, Math.min(height, width) + 1);
      const top = random.integer(0, height - side + 1);
      const left = random.integer(0, width - side + 1);
      const mirrored = random.uniform() < 0.5;
      const part = cutOut(stored, top, left, side);
      const small = side === size ? part : resize(part, { height: size, width: size });
      batch.set(mirrored ? mirror(small) : small.data, index * 3 * size * size);
    }
    return float32(batch, [count, 3, size, size]);
  }
}

// The middle of a picture that is much longer than wide.
function withoutExcess(picture: Picture): Picture {
  const { height, width } = picture;
  const longest = LONGEST * Math.min(height, width);
  if (Math.max(height, width) <= longest) return picture;
  const [rows, columns] = [Math.min(height, longest), Math.min(width, longest)];
  return crop(picture, Math.floor((height - rows) / 2), Math.floor((width - columns) / 2), rows, columns);
}

function cutOut({ height, width, data }: StoredPicture, top: number, left: number, side: number): Picture {
  const square = new Float32Array(3 * side * side);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < side; row++) {
      const start = (channel * height + top + row) * width + left;
      square.set(data.subarray(start, start + side), (channel * side + row) * side);
    }
  }
  return { channels: 3, height: side, width: side, data: square };
}

function scaled(picture: Picture, factor: number): Picture {
  const height = Math.round(picture.height * factor);
  const width = Math.round(picture.width * factor);
  return resize(picture, { height, width });
}

function mirror({ data, width }: Picture): Float32Array {
  const mirrored = data.slice();
  for (let row = 0; row < mirrored.length; row += width) mirrored.subarray(row, row + width).reverse();
  return mirrored;
}
