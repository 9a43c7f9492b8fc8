import type { PictureModel } from 'latentbrush/studio';
import { floats, floatsOf, loadLiveModel, workOf, type LiveModel, type Device } from './live-runtime.ts';

/** Speed of the last decoded pictures. */
export interface DecodingSpeed {
  /** Milliseconds of one picture in the model: the median. */
  readonly milliseconds: number;
  /** Pictures shown in the last second. */
  readonly perSecond: number;
  /** Where the model computed the last one. */
  readonly device: Device;
}

/** Number of decodes for the median. */
const LOOKED_AT = 31;

/**
 * Decodes the newest point of a latent space: of the points that arrive during a decode, only the last is used.
 */
export class PictureDecoder {
  readonly #facts: PictureModel;
  readonly #model: LiveModel;
  readonly #show: (picture: ImageData, speed: DecodingSpeed) => void;
  #next: Float32Array<ArrayBuffer> | undefined;
  #isWorking = false;
  #isReleased = false;
  #device: Device = 'processor';
  #times: number[] = [];
  #shown: number[] = [];
  /** The class of pictures, for a model with classes. */
  label = 0;

  private constructor(
    facts: PictureModel,
    model: LiveModel,
    show: (picture: ImageData, speed: DecodingSpeed) => void,
  ) {
    this.#facts = facts;
    this.#model = model;
    this.#show = show;
  }

  /**
   * Loads the decoder of a VAE, or the generator of a GAN.
   * @param address of its ONNX file
   * @param show is called with each picture
   * @param mayUseGpu whether it may run on a GPU, where there is one
   * @throws Error when the model cannot be loaded
   */
  static async load(
    address: string,
    facts: PictureModel,
    show: (picture: ImageData, speed: DecodingSpeed) => void,
    mayUseGpu: boolean,
  ): Promise<PictureDecoder> {
    const model = await loadLiveModel(address, { work: workOf(facts), mayUseGpu });
    return new PictureDecoder(facts, model, show);
  }

  /** Requests the picture of a point. */
  want(point: ArrayLike<number>): void {
    this.#next = Float32Array.from(point);
    if (!this.#isWorking) void this.#work();
  }

  /** The picture of a point, at once. */
  async decode(point: ArrayLike<number>): Promise<ImageData> {
    return this.#decode(Float32Array.from(point));
  }

  /** Frees the memory of the model. */
  release(): void {
    this.#isReleased = true;
    this.#model.release();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#next !== undefined && !this.#isReleased) {
      const point = this.#next;
      this.#next = undefined;
      const picture = await this.#decode(point).catch(() => undefined);
      if (picture === undefined) break;
      const now = performance.now();
      this.#shown = [...this.#shown.filter((time) => time > now - 1000), now];
      this.#show(picture, {
        milliseconds: median(this.#times),
        perSecond: this.#shown.length,
        device: this.#device,
      });
    }
    this.#isWorking = false;
  }

  async #decode(point: Float32Array<ArrayBuffer>): Promise<ImageData> {
    const { classes, latent } = this.#facts;
    const one = Float32Array.from(classes, (_, index) => (index === this.label ? 1 : 0));
    const feeds = {
      z: floats(point, [1, latent]),
      ...(classes.length > 0 && { labels: floats(one, [1, classes.length]) }),
    };
    const { outputs, milliseconds, device } = await this.#model.run(feeds, ['pictures']);
    this.#times = [...(device === this.#device ? this.#times.slice(1 - LOOKED_AT) : []), milliseconds];
    this.#device = device;
    return asImageData(floatsOf(outputs, 'pictures'), this.#facts);
  }
}

/** Turns planes of a model's picture into pixels of a canvas. */
function asImageData(
  planes: Float32Array,
  { size, channels, white }: Pick<PictureModel, 'size' | 'channels' | 'white'>,
): ImageData {
  const area = size * size;
  const pixels = new Uint8ClampedArray(area * 4);
  const scale = 255 / white;
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++)
      pixels[4 * i + channel] = planes[(channels === 1 ? 0 : channel) * area + i]! * scale; // clamps and rounds
    pixels[4 * i + 3] = 255;
  }
  return new ImageData(pixels, size, size);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
