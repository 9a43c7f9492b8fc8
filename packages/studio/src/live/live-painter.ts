import { floats, floatsOf, loadLiveModel, type LiveModel, type Device } from './live-runtime.ts';

/** A painted picture. */
export interface Painted {
  readonly painted: ImageData;
  /** Time of the model. */
  readonly milliseconds: number;
  /** Where it computed. */
  readonly device: Device;
}

/** A style that paints square pictures in the page. */
export class LivePainter {
  /** Side of its pictures in pixels. */
  readonly size: number;
  readonly #model: LiveModel;

  private constructor(size: number, model: LiveModel) {
    this.size = size;
    this.#model = model;
  }

  /**
   * @param address of the model's ONNX file, for pictures of this size
   * @param mayUseGpu whether it may run on a GPU, where there is one
   * @throws Error when the model cannot be loaded
   */
  static async load(address: string, size: number, mayUseGpu: boolean): Promise<LivePainter> {
    return new LivePainter(size, await loadLiveModel(address, { work: 'large', mayUseGpu }));
  }

  /**
   * Paints a picture.
   * @param strength the share of the painting in the result, 0 to 1
   */
  async paint(picture: ImageData, strength: number): Promise<Painted> {
    const { size } = this;
    const planes = planesOf(picture);
    const { outputs, milliseconds, device } = await this.#model.run(
      { pictures: floats(planes, [1, 3, size, size]) },
      ['painted'],
    );
    return { painted: blended(picture, floatsOf(outputs, 'painted'), strength), milliseconds, device };
  }

  /** Frees the memory of the model. */
  release(): void {
    this.#model.release();
  }
}

/** The pixels of a canvas as planes of red, green and blue, 0 to 255. */
export function planesOf({ data, width, height }: ImageData): Float32Array<ArrayBuffer> {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++)
    for (let channel = 0; channel < 3; channel++) planes[channel * area + i] = data[4 * i + channel]!;
  return planes;
}

/** `(1 - strength) · picture + strength · painted` as pixels of a canvas. @param painted planes, 0 to 255 */
export function blended(
  { data, width, height }: ImageData,
  painted: Float32Array,
  strength: number,
): ImageData {
  const area = width * height;
  const pixels = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const before = data[4 * i + channel]!;
      pixels[4 * i + channel] = before + strength * (painted[channel * area + i]! - before); // clamps and rounds
    }
    pixels[4 * i + 3] = 255;
  }
  return new ImageData(pixels, width, height);
}
