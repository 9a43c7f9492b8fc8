import { InputError } from '@latentbrush/engine';
import {
  findWeights,
  locateWeights,
  WeightsUnavailable,
  type LocatedWeights,
  type LocateOptions,
} from '../weights/locate.ts';
import { readWeights } from '../weights/read-weights.ts';
import type { PretrainedWeights } from '../weights/registry.ts';
import type { Backbone } from './backbone.ts';
import { backboneCatalogue, backboneNamed, type BackboneEntry } from './catalogue.ts';
import { EMBEDDED_END, embeddedTrunk } from './keras/embedded-trunk.ts';
import { kerasBackbone } from './keras/keras-backbone.ts';
import { kerasLayerName, unknownLayer } from './layer-names.ts';
import { isOnnxPath, onnxBackbone } from './onnx/onnx-backbone.ts';
import { preprocessings, type PreprocessingName } from './preprocessing.ts';
import type { VggPooling } from './keras/vgg.ts';
import { option, OptionError, words } from '../../words.ts';

/** Which weights to load, and how they will be used. */
export interface LoadBackboneOptions extends Omit<LocateOptions, 'path'> {
  /** A file of weights: Keras' .h5, .safetensors, TensorFlow.js' model.json, .onnx. */
  readonly weights?: string;
  /** The layers that will be used. Unknown ones are refused before anything is downloaded. */
  readonly layers?: readonly string[];
  /** Pooling of VGG; default 'max', as trained. Other networks have their own. */
  readonly pooling?: VggPooling;
  /** Preprocessing for the network of an .onnx file (default 'imagenet'). */
  readonly preprocessing?: PreprocessingName;
}

/**
 * Loads a backbone by name.
 *
 * - `inception_v3`: the whole network if its weights are given, in the data folder or in the cache. Else the embedded trunk if it has all
 *   requested layers, else the download.
 * - `embedded`: always the embedded trunk.
 * - a path ending in `.onnx`: any image network of the user.
 * - `resnet50`, `xception`, `vgg16`, `vgg19`: found as by `locateWeights`, else downloaded.
 * @throws WeightsUnavailable (an InputError) when there is no local copy of the weights and they cannot be fetched @throws InputError when
 * a name is unknown, or the weights are damaged or of another network
 * @throws the signal's reason when it aborts
 * @example
 * const network = await backbones.loadBackbone('embedded'); // or vgg19, or the path of an .onnx file
 * console.log(network.layerNamed('mixed4').channels); // 768
 */
export async function loadBackbone(name: string, options: LoadBackboneOptions = {}): Promise<Backbone> {
  const { layers = [] } = options;
  if (isOnnxPath(name)) return loadOnnx(name, layers, options);
  const entry = backboneNamed(name);
  if (options.preprocessing !== undefined) {
    throw new OptionError(
      words`${option('preprocessing')}: ${entry.name} has its own; leave it out, or choose an .onnx file as the backbone`,
    );
  }
  switch (entry.name) {
    case 'embedded':
      return loadEmbedded(layers, options);
    case 'inception_v3':
      refuseUnknown(entry, layers);
      return loadInception(entry, layers, options);
    case 'resnet50':
    case 'xception':
    case 'vgg16':
    case 'vgg19': {
      refuseUnknown(entry, layers);
      const weights = weightsOf(entry);
      return fromFile(entry, await locateWeights(weights, locateOptions(options)), options);
    }
  }
}

async function loadOnnx(
  path: string,
  layers: readonly string[],
  { preprocessing, weights }: LoadBackboneOptions,
): Promise<Backbone> {
  if (weights !== undefined) {
    throw new InputError(
      `${weights}: the network in ${path} has its own weights; leave the file out, or choose a backbone by its name`,
    );
  }
  const backbone = await onnxBackbone(path, preprocessing);
  for (const layer of layers) backbone.layerNamed(layer);
  return backbone;
}

async function loadEmbedded(layers: readonly string[], { weights }: LoadBackboneOptions): Promise<Backbone> {
  if (weights !== undefined) {
    throw new InputError(
      `${weights}: the embedded backbone has its own weights; leave the file out, or choose inception_v3`,
    );
  }
  const backbone = await embeddedTrunk();
  for (const layer of layers) backbone.layerNamed(layer);
  return backbone;
}

async function loadInception(
  entry: BackboneEntry,
  layers: readonly string[],
  options: LoadBackboneOptions,
): Promise<Backbone> {
  const weights = weightsOf(entry);
  const found = await findWeights(weights, locateOptions(options));
  if (found !== undefined) return fromFile(entry, found, options);
  const embedded = new Set(backboneCatalogue.embedded.architecture().map((layer) => layer.name));
  const beyond = layers.find((layer) => !embedded.has(kerasLayerName(layer)));
  if (beyond === undefined) return embeddedTrunk();
  try {
    return await fromFile(entry, await locateWeights(weights, locateOptions(options)), options);
  } catch (error) {
    if (!(error instanceof WeightsUnavailable)) throw error;
    throw new WeightsUnavailable(
      entry.name,
      words`layer "${beyond}" is beyond the embedded trunk of ${entry.name}, which ends at ${EMBEDDED_END}; ${error}`,
      { cause: error },
    );
  }
}

async function fromFile(
  entry: BackboneEntry,
  { path, from }: LocatedWeights,
  { pooling, signal }: LoadBackboneOptions,
): Promise<Backbone> {
  const table = await readWeights(path);
  signal?.throwIfAborted();
  try {
    return kerasBackbone({
      name: entry.name,
      origin: from === 'cache' || from === 'download' ? weightsOf(entry).url : path,
      architecture: entry.architecture(pooling),
      weights: table,
      preprocessing: preprocessings[entry.preprocessing],
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: not the weights of ${entry.name}: ${error.message}`, { cause: error });
  }
}

/** @throws InputError when the network has no layer of this name */
function refuseUnknown({ name, architecture }: BackboneEntry, layers: readonly string[]): void {
  const known = architecture().map((layer) => layer.name);
  const unknown = layers.find((layer) => !known.includes(kerasLayerName(layer)));
  if (unknown !== undefined) throw unknownLayer(name, unknown, known);
}

function weightsOf({ name, weights }: BackboneEntry): PretrainedWeights {
  if (weights === null) throw new Error(`backbone ${name} has no file of weights`);
  return weights;
}

function locateOptions(options: LoadBackboneOptions): LocateOptions {
  const { weights } = options;
  return weights === undefined ? options : { ...options, path: weights };
}
