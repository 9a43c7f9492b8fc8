import { TILE, tileProduct, type TileProduct } from './tile-product.ts';

/** Rows of a panel that are multiplied at once, so that both panels stay in the fast caches. */
const DEPTH = 512;

/** Panels that are used again before the next ones are read. */
const GROUP = 16;

const BYTES = Float64Array.BYTES_PER_ELEMENT;
const TILE_SIZE = TILE * TILE;
const PAGE = 2 ** 16;

/** A row with less than this share of its square outside of the rows before it is lost to rounding. */
const SMALLEST_SHARE = 1e-11;

/**
 * A matrix with orthonormal rows, made of one with independent normal elements: the result of the Gram-Schmidt process on its rows, which is
 * also Q of the QR decomposition of its transpose with a positive diagonal of R. So all such matrices are equally likely.
 *
 * It is computed as L⁻¹ A, with the Cholesky factor L of A Aᵀ: nearly all work is products of matrices in tiles. Their rounding errors grow
 * with the square of A's condition number, which is small for matrices that are much longer than high; others are treated twice.
 * @param count rows, at most as many as columns
 * @param length columns
 * @param normal draws an element; rows are drawn one after the other
 * @returns `[count, length]` in row order
 * @example
 * const random = new Random(1);
 * const rows = orthonormalRows(2, 3, () => random.normal());
 */
export function orthonormalRows(count: number, length: number, normal: () => number): Float32Array {
  const matrix = new TiledRows(count, length);
  const rounds = 2 * count > length ? 2 : 1;
  for (;;) {
    matrix.fill(normal);
    let round = 0;
    while (round < rounds && matrix.orthonormalize()) round += 1;
    if (round === rounds) return matrix.toRows();
    // Rows that depend on each other: practically only if there are as many rows as columns. Draw again.
  }
}

/**
 * A matrix in panels of four rows: element (row, column) lies at 4 · (columns · ⌊row / 4⌋ + column) + row mod 4. Rows and columns are filled
 * with zeros to whole tiles. Beside it lie two square matrices of as many rows, and room for panels of columns.
 */
class TiledRows {
  readonly #count: number;
  readonly #length: number;
  /** Rows and columns, filled up. */
  readonly #rows: number;
  readonly #columns: number;
  readonly #elements: Float64Array;
  readonly #product: TileProduct;
  /** Places of the square matrices, of the panels of columns and of one tile, as indices of elements. */
  readonly #factor: number;
  readonly #inverse: number;
  readonly #panels: number;
  readonly #tile: number;

  constructor(count: number, length: number) {
    this.#count = count;
    this.#length = length;
    this.#rows = TILE * Math.ceil(count / TILE);
    this.#columns = TILE * Math.ceil(length / TILE);
    this.#factor = this.#rows * this.#columns;
    this.#inverse = this.#factor + this.#rows ** 2;
    this.#panels = this.#inverse + this.#rows ** 2;
    this.#tile = this.#panels + GROUP * TILE * this.#rows;
    const memory = new WebAssembly.Memory({
      initial: Math.ceil((BYTES * (this.#tile + TILE_SIZE)) / PAGE),
    });
    this.#elements = new Float64Array(memory.buffer);
    this.#product = tileProduct(memory);
  }

  fill(normal: () => number): void {
    this.#elements.fill(0, 0, this.#factor);
    for (let row = 0; row < this.#count; row++) {
      const start = this.#place(row, 0);
      for (let column = 0; column < this.#length; column++) this.#elements[start + TILE * column] = normal();
    }
  }

  /**
   * Makes the rows orthonormal, from the first to the last.
   * @returns false if a row depends on those before it; the elements are then undefined
   */
  orthonormalize(): boolean {
    this.#setProductsOfRows();
    if (!this.#factorize()) return false;
    this.#invert();
    this.#multiplyByInverse();
    return true;
  }

  toRows(): Float32Array {
    const values = new Float32Array(this.#count * this.#length);
    for (let row = 0; row < this.#count; row++) {
      const start = this.#place(row, 0);
      for (let column = 0; column < this.#length; column++)
        values[row * this.#length + column] = this.#elements[start + TILE * column]!;
    }
    return values;
  }

  #place(row: number, column: number): number {
    return TILE * (this.#columns * Math.floor(row / TILE) + column) + (row % TILE);
  }

  /** The place of a tile in the first square matrix, which lies in panels of rows. In a tile, a column's elements lie together. */
  #factorTile(i: number, j: number): number {
    return this.#factor + TILE * (this.#rows * i + TILE * j);
  }

  /** The place of a tile in the second square matrix, which lies in panels of columns. In a tile, a row's elements lie together. */
  #inverseTile(i: number, j: number): number {
    return this.#inverse + TILE * (this.#rows * j + TILE * i);
  }

  #multiply(a: number, b: number, count: number, tile: number): void {
    this.#product(BYTES * a, BYTES * b, count, BYTES * tile);
  }

  /** Sets the lower half of the first square matrix to the product of the matrix with its transpose. */
  #setProductsOfRows(): void {
    const panels = this.#rows / TILE;
    const panel = TILE * this.#columns;
    this.#elements.fill(0, this.#factor, this.#inverse);
    for (let k = 0; k < this.#columns; k += DEPTH) {
      const depth = Math.min(DEPTH, this.#columns - k);
      for (let group = 0; group < panels; group += GROUP) {
        const end = Math.min(panels, group + GROUP);
        for (let j = 0; j < end; j++) {
          for (let i = Math.max(group, j); i < end; i++)
            this.#multiply(panel * j + TILE * k, panel * i + TILE * k, depth, this.#factorTile(i, j));
        }
      }
    }
    for (let row = this.#count; row < this.#rows; row++)
      this.#elements[this.#factor + TILE * (this.#rows * Math.floor(row / TILE) + row) + (row % TILE)] = 1;
  }

  /** Cholesky's method on the first square matrix, tile by tile. @returns whether it has a factor */
  #factorize(): boolean {
    const elements = this.#elements;
    const panels = this.#rows / TILE;
    for (let i = 0; i < panels; i++) {
      for (let j = 0; j <= i; j++) {
        elements.fill(0, this.#tile, this.#tile + TILE_SIZE);
        this.#multiply(this.#factorTile(j, 0), this.#factorTile(i, 0), TILE * j, this.#tile);
        const [place, diagonal] = [this.#factorTile(i, j), this.#factorTile(j, j)];
        for (let column = 0; column < TILE; column++) {
          for (let row = i === j ? column : 0; row < TILE; row++) {
            const at = place + TILE * column + row;
            const before = elements[at]!;
            let value = before - elements[this.#tile + TILE * column + row]!;
            for (let k = 0; k < column; k++)
              value -= elements[place + TILE * k + row]! * elements[diagonal + TILE * k + column]!;
            if (i === j && row === column) {
              if (!(value > SMALLEST_SHARE * before)) return false;
              elements[at] = Math.sqrt(value);
            } else elements[at] = value / elements[diagonal + TILE * column + column]!;
          }
        }
      }
    }
    return true;
  }

  /** Sets the second square matrix to the inverse of the first, a lower triangle. */
  #invert(): void {
    const elements = this.#elements;
    const panels = this.#rows / TILE;
    elements.fill(0, this.#inverse, this.#panels);
    for (let j = 0; j < panels; j++) {
      for (let i = j; i < panels; i++) {
        elements.fill(0, this.#tile, this.#tile + TILE_SIZE);
        if (i === j) for (let k = 0; k < TILE; k++) elements[this.#tile + (TILE + 1) * k] = -1;
        this.#multiply(this.#factorTile(i, j), this.#inverseTile(j, j), TILE * (i - j), this.#tile);
        const [place, diagonal] = [this.#inverseTile(i, j), this.#factorTile(i, i)];
        for (let row = 0; row < TILE; row++) {
          for (let column = 0; column < TILE; column++) {
            let value = -elements[this.#tile + TILE * row + column]!;
            for (let k = 0; k < row; k++)
              value -= elements[diagonal + TILE * k + row]! * elements[place + TILE * k + column]!;
            elements[place + TILE * row + column] = value / elements[diagonal + TILE * row + row]!;
          }
        }
      }
    }
  }

  /** Replaces the matrix by the product of the second square matrix, a lower triangle, with it. */
  #multiplyByInverse(): void {
    const elements = this.#elements;
    const panels = this.#rows / TILE;
    this.#putInverseInPanelsOfRows();
    for (let group = 0; group < this.#columns / TILE; group += GROUP) {
      const end = Math.min(this.#columns / TILE, group + GROUP);
      for (let c = group; c < end; c++) this.#moveColumns(c, this.#panelOf(c - group));
      for (let k = 0; k < this.#rows; k += DEPTH) {
        for (let i = k / TILE; i < panels; i++) {
          const depth = Math.min(DEPTH, TILE * (i + 1) - k);
          for (let c = group; c < end; c++)
            this.#multiply(
              this.#panelOf(c - group) + TILE * k,
              this.#factorTile(i, 0) + TILE * k,
              depth,
              TILE * (this.#columns * i + TILE * c),
            );
        }
      }
    }
    elements.fill(0, this.#factor, this.#panels);
  }

  #panelOf(index: number): number {
    return this.#panels + TILE * this.#rows * index;
  }

  /** Copies the second square matrix to the place of the first, in the order of the first. */
  #putInverseInPanelsOfRows(): void {
    const elements = this.#elements;
    for (let i = 0; i < this.#rows / TILE; i++) {
      for (let j = 0; j <= i; j++) {
        const [from, to] = [this.#inverseTile(i, j), this.#factorTile(i, j)];
        for (let row = 0; row < TILE; row++) {
          for (let column = 0; column < TILE; column++)
            elements[to + TILE * column + row] = elements[from + TILE * row + column]!;
        }
      }
    }
  }

  /** Moves four columns of the matrix to a panel in which a row's elements lie together, and sets them to 0. */
  #moveColumns(c: number, panel: number): void {
    const elements = this.#elements;
    for (let i = 0; i < this.#rows / TILE; i++) {
      const from = TILE * (this.#columns * i + TILE * c);
      for (let column = 0; column < TILE; column++) {
        for (let row = 0; row < TILE; row++) {
          elements[panel + TILE * (TILE * i + row) + column] = elements[from + TILE * column + row]!;
          elements[from + TILE * column + row] = 0;
        }
      }
    }
  }
}
