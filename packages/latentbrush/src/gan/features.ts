import {
  compile,
  float32,
  globalAveragePool,
  input,
  reshape,
  resize,
  type Session,
} from '@latentbrush/engine';
import { EMBEDDED_END, embeddedTrunk } from '../pretrained/index.ts';
import { inColor, type Picture } from '../image/index.ts';

/** Side to which pictures are enlarged: networks recognise little in small ones. */
const SIDE = 128;

/** Pictures per batch. */
const BATCH = 16;

/** Description of the features, for people. */
export const FEATURES = `means over the picture of InceptionV3's ${EMBEDDED_END}, of the embedded trunk, at ${SIDE}x${SIDE}`;

/**
 * Computes features of pictures with a pretrained network: they describe the contents, not the pixels.
 * @example
 * const extractor = await gan.FeatureExtractor.load(32);
 * const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 32, limit: 4 });
 * const pictures = [0, 1, 2, 3].map((index) => data.pictureAt(faces, index));
 * const features = await extractor.of(pictures);
 * console.log(features.length); // 4
 * await extractor.release();
 */
export class FeatureExtractor {
  readonly #session: Session<'features'>;

  private constructor(session: Session<'features'>) {
    this.#session = session;
  }

  /** @param size side of the pictures, which are square */
  static async load(size: number, threads?: number): Promise<FeatureExtractor> {
    const trunk = await embeddedTrunk();
    const pictures = input('pictures', [BATCH, 3, size, size]);
    const enlarged = size === SIDE ? pictures : resize(pictures, [SIDE, SIDE], 'bilinear');
    const seen = trunk.activations(enlarged, [EMBEDDED_END]).get(EMBEDDED_END)!;
    const features = reshape(globalAveragePool(seen), [BATCH, -1]);
    return new FeatureExtractor(await compile({ features }, { threads }));
  }

  /** The features of each picture; a grey picture gets three equal channels. */
  async of(pictures: readonly Picture[]): Promise<Float32Array[]> {
    const found: Float32Array[] = [];
    for (let start = 0; start < pictures.length; start += BATCH) {
      const chunk = pictures.slice(start, start + BATCH).map(inColor);
      const { height, width } = chunk[0]!;
      const data = new Float32Array(BATCH * 3 * height * width);
      chunk.forEach((picture, row) =>
        data.set(
          picture.data.map((value) => Math.min(Math.max(value, 0), 255)),
          row * picture.data.length,
        ),
      );
      const { features } = await this.#session.run({ pictures: float32(data, [BATCH, 3, height, width]) });
      const values = features.data as Float32Array;
      const length = values.length / BATCH;
      chunk.forEach((_, row) => found.push(values.slice(row * length, (row + 1) * length)));
    }
    return found;
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}
