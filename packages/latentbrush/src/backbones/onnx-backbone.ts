import {
  decodeOnnx,
  flip,
  input,
  InputError,
  listOnnxInputs,
  listOnnxNodes,
  transpose,
  type DecodedModel,
  type OnnxInput,
  type Tensor,
} from '@latentbrush/engine';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from '../files/file-error.ts';
import type { LayerInfo } from './architecture.ts';
import type { Backbone } from './backbone.ts';
import { unknownLayer } from './layer-names.ts';
import { preprocess, preprocessings, type PreprocessingName } from './preprocessing.ts';

/** Largest file that is read; protobuf itself ends at 2 GiB. */
const MAX_BYTES = 2 * 2 ** 30;

/** Size the table of layers is made for, where the file leaves it open: that of most ImageNet networks. */
const NOMINAL_SIZE = 224;

/** How a model file takes its picture. */
interface PictureInput {
  readonly name: string;
  /** Channels last, as exports of TensorFlow have them. */
  readonly channelsLast: boolean;
  /** [height, width] as the file declares them, or the nominal size. */
  readonly size: readonly [number, number];
}

/**
 * Any ONNX image network as a backbone: a classifier, an encoder ... with one input, a picture of three channels. Its layers are the
 * outputs of its nodes, under their names.
 * @param preprocessing what the network expects of a picture (default 'imagenet', as torchvision's networks)
 * @throws InputError when the file is not an ONNX model, is damaged, or takes no picture
 */
export async function onnxBackbone(
  path: string,
  preprocessing: PreprocessingName = 'imagenet',
): Promise<Backbone> {
  const bytes = await readModelFile(path);
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
    return decodeOnnx(bytes, { inputTensors: { [picture.name]: fed }, until });
  };
  const described = withPath(() => describeNodes(bytes, decoded, picture));
  const layers = described.map(({ info }) => info);
  const last = new Set(described.flatMap(({ info, channelsLast }) => (channelsLast ? [info.name] : [])));
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const name = basename(path);
  return {
    name,
    origin: path,
    layers,
    layerNamed: (wanted) => {
      const found = byName.get(wanted);
      if (found === undefined)
        throw unknownLayer(name, wanted, [...byName.keys()], `latentbrush models layers ${path} lists them`);
      return found;
    },
    smallestSize: () => 1,
    activations: (pixels, wanted) =>
      withPath(() => {
        const { outputs } = decoded(pixels, wanted);
        const channelsFirst = (layer: string, value: Tensor): Tensor =>
          last.has(layer) ? transpose(value, [0, 3, 1, 2]) : value;
        return new Map(wanted.map((layer) => [layer, channelsFirst(layer, outputs[layer]!)]));
      }),
  };
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES)
      throw new InputError(`${path}: ${size} bytes are more than an ONNX file may have (${MAX_BYTES})`);
    return await readFile(path);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path, 'read');
  }
}

function pictureInput(inputs: readonly OnnxInput[]): PictureInput {
  const [first] = inputs.filter(({ dtype, dimensions }) => dtype === 'float32' && dimensions?.length === 4);
  const { name, dimensions = [] } = first ?? {};
  if (name === undefined || inputs.length !== 1) {
    throw new InputError(
      `the model has ${inputs.length} inputs (${inputs.map((each) => each.name).join(', ')}); a network with one picture as its input is needed`,
    );
  }
  const channelsLast = dimensions[3] === 3 && dimensions[1] !== 3;
  const [height, width] = channelsLast ? dimensions.slice(1, 3) : dimensions.slice(2, 4);
  const channels = dimensions[channelsLast ? 3 : 1];
  if (typeof channels === 'number' && channels !== 3)
    throw new InputError(`the model takes pictures of ${channels} channels; 3 are needed`);
  const side = (size: number | string | undefined): number =>
    typeof size === 'number' ? size : NOMINAL_SIZE;
  return { name, channelsLast, size: [side(height), side(width)] };
}

// The values between nodes that are pictures of features; what cannot be decoded is left out. Inside a model that takes channels last
// some values have them last and some first: the picture is square, so the two sides that are equal are its height and width.
function describeNodes(
  bytes: Uint8Array,
  decoded: (pixels: Tensor, until: readonly string[]) => DecodedModel,
  { size: [height, width] }: PictureInput,
): { info: LayerInfo; channelsLast: boolean }[] {
  const model = decoded(input('picture', [1, 3, height, width]), []);
  return listOnnxNodes(bytes).flatMap(({ operator, outputs: [name] }) => {
    const value = name === undefined ? undefined : valueIfDecoded(model, name);
    if (name === undefined || value?.rank !== 4 || value.dtype !== 'float32') return [];
    const [, a = 1, b = 1, c = 1] = value.shape;
    const channelsLast = height === width && a === b && b !== c;
    const [channels, rows] = channelsLast ? [c, a] : [a, b];
    if (rows <= 1) return [];
    const stride = Math.max(1, Math.round(height / rows));
    return [{ info: { name, kind: operator, channels, stride, receptiveField: undefined }, channelsLast }];
  });
}

function valueIfDecoded(model: DecodedModel, name: string): Tensor | undefined {
  try {
    return model.value(name);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
