import {
  decodeOnnx,
  flip,
  InputError,
  listOnnxInputs,
  listOnnxNodes,
  transpose,
  type DecodedModel,
  type OnnxInput,
  type Tensor,
} from '@latentbrush/engine';
import { basename } from 'node:path';
import { counted } from '../../../counted.ts';
import { commandLine, pathWord } from '../../../shell-word.ts';
import { readOnnxFile, type OnnxFile } from '../../weights/formats/onnx-file.ts';
import type { Backbone } from '../backbone.ts';
import { unknownLayer } from '../layer-names.ts';
import { describeNodes } from './onnx-layers.ts';
import { preprocess, preprocessings, type PreprocessingName } from '../preprocessing.ts';
import { noLayers } from './unusable.ts';

/** Size for the table of layers if the file declares none: that of most ImageNet networks. */
const NOMINAL_SIZE = 224;

/** The picture input of a model file. */
interface PictureInput {
  readonly name: string;
  /** Channels last, as in exports of TensorFlow. */
  readonly channelsLast: boolean;
  /** Height and width for the table of layers: the longer one in the file, or the nominal size. */
  readonly size: number;
  /** Height and width if the file declares both. */
  readonly declared: readonly [height: number, width: number] | undefined;
}

/**
 * Whether a backbone is given as a file of the user.
 * @example
 * console.log(backbones.isOnnxPath('mine.onnx'), backbones.isOnnxPath('vgg19')); // true false
 */
export function isOnnxPath(name: string): boolean {
  return name.toLowerCase().endsWith('.onnx');
}

/**
 * Any ONNX image network as a backbone: a classifier, an encoder ... with one input, a picture of three channels. Its layers are the
 * outputs of its nodes, under their names; the name of a node means its first output. @param preprocessing default 'imagenet', as for
 * torchvision's networks @throws InputError when the file is no ONNX model, is damaged, or has no picture as input
 * @example
 * const network = await backbones.onnxBackbone('mine.onnx', 'none');
 * console.log(network.layers.map(({ name }) => name)); // [ 'Conv_1', 'features' ]
 */
export async function onnxBackbone(path: string, preprocessing?: PreprocessingName): Promise<Backbone> {
  return backboneOfOnnx(await readOnnxFile(path), path, preprocessing);
}

/**
 * The same for a file that was read already. @param path its name in messages
 */
export function backboneOfOnnx(
  { bytes, externalFiles }: OnnxFile,
  path: string,
  preprocessing: PreprocessingName = 'imagenet',
): Backbone {
  const withPath = <T>(compute: () => T): T => {
    try {
      return compute();
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  const picture = withPath(() => pictureInput(listOnnxInputs(bytes)));
  const turned = preprocessings[preprocessing].bgr
    ? (x: Tensor): Tensor => flip(x, [1])
    : (x: Tensor): Tensor => x;
  const decoded = (pixels: Tensor, until: readonly string[]): DecodedModel => {
    const prepared = turned(preprocess(pixels, preprocessings[preprocessing]));
    const fed = picture.channelsLast ? transpose(prepared, [0, 2, 3, 1]) : prepared;
    return decodeOnnx(bytes, { inputTensors: { [picture.name]: fed }, until, externalFiles });
  };
  const { layers, channelsLast, unusable } = withPath(() =>
    describeNodes(bytes, (pixels) => decoded(pixels, []), picture.size, picture.declared),
  );
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const firstOutputs = new Map(listOnnxNodes(bytes).map((node) => [node.name, node.outputs[0] ?? '']));
  const name = basename(path);
  return {
    name,
    origin: path,
    exportedFor: picture.declared,
    layers,
    unusable,
    layerNamed: (wanted) => {
      const value = byName.has(wanted) || unusable.has(wanted) ? wanted : (firstOutputs.get(wanted) ?? '');
      const found = byName.get(value);
      if (found !== undefined) return found;
      const reason = unusable.get(value);
      if (reason !== undefined)
        throw new InputError(`layer "${wanted}" of ${name} cannot be used: ${reason}`);
      if (layers.length === 0) throw noLayers(name, unusable);
      throw unknownLayer(
        name,
        wanted,
        [...byName.keys()],
        `${commandLine(['models', 'layers', pathWord(path)])} lists them`,
      );
    },
    smallestSize: () => 1,
    activations: (pixels, wanted) =>
      withPath(() => {
        const { outputs } = atItsSize(pixels, picture, () => decoded(pixels, wanted));
        const channelsFirst = (layer: string, value: Tensor): Tensor =>
          channelsLast.has(layer) ? transpose(value, [0, 3, 1, 2]) : value;
        return new Map(wanted.map((layer) => [layer, channelsFirst(layer, outputs[layer]!)]));
      }),
  };
}

function pictureInput(inputs: readonly OnnxInput[]): PictureInput {
  const [first] = inputs;
  if (first === undefined || inputs.length !== 1) {
    throw new InputError(
      `the model has ${first === undefined ? 'no inputs' : `${counted(inputs.length, 'input')} (${inputs.map((each) => each.name).join(', ')})`}; a network with one picture as its input is needed`,
    );
  }
  const { name, dtype, dimensions } = first;
  if (dtype !== 'float32' || dimensions?.length !== 4) {
    throw new InputError(
      `the input "${name}" of the model is ${dtype} ${shapeOf(dimensions)}; a picture, float32 [1, 3, height, width] or [1, height, width, 3], is needed`,
    );
  }
  const channelsLast = dimensions[3] === 3 && dimensions[1] !== 3;
  const [height, width] = channelsLast ? dimensions.slice(1, 3) : dimensions.slice(2, 4);
  const channels = dimensions[channelsLast ? 3 : 1];
  if (typeof channels === 'number' && channels !== 3)
    throw new InputError(`the model takes pictures of ${counted(channels, 'channel')}; 3 are needed`);
  const sides = [height, width].filter((side) => typeof side === 'number');
  return {
    name,
    channelsLast,
    size: sides.length > 0 ? Math.max(...sides) : NOMINAL_SIZE,
    declared: sides.length === 2 ? [sides[0]!, sides[1]!] : undefined,
  };
}

function shapeOf(dimensions: OnnxInput['dimensions']): string {
  if (dimensions === undefined) return 'of an unknown shape';
  return `[${dimensions.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}

// A layer often fails at a picture because the exporter wrote fixed sizes into the file: the message names them.
function atItsSize<T>(pixels: Tensor, { declared }: PictureInput, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const size = `${pixels.dimension(3)}x${pixels.dimension(2)}`;
    const exportedFor = declared?.toReversed().join('x');
    if (!(error instanceof InputError) || size === exportedFor) throw error;
    const exported = exportedFor === undefined ? '' : `, while the file was exported for ${exportedFor}`;
    throw new InputError(`${error.message}; the picture has ${size} pixels${exported}`, { cause: error });
  }
}
