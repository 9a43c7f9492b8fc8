import { type InputError } from '@latentbrush/engine';
import { backboneNamed, loadBackbone, noLayers, type Backbone } from '../../pretrained/index.ts';
import { writtenName } from '../../dream/contributions.ts';
import { BOOK_CONTRIBUTIONS } from '../../dream/index.ts';
import { commandLine, pathWord } from '../../shell-word.ts';
import type { JobWork } from '../job.ts';
import { weightsSource } from '../weights-source.ts';
import type { DreamRequest } from './setup.ts';
import { option, OptionError, words } from '../../words.ts';

/**
 * Loads the network of a job.
 * @param mixes whether layers are drawn from the network if none were chosen; otherwise it must have the
 * book's layers
 * @throws InputError when the network or a layer does not exist
 */
export async function loadNetwork(
  { inputs, options }: DreamRequest,
  { report, signal, dataDir, offline }: JobWork,
  mixes: boolean,
): Promise<Backbone> {
  const { weights } = inputs;
  const { preprocessing } = options;
  const name = inputs.backbone ?? options.backbone;
  const isOwn = inputs.backbone !== undefined;
  const chosen = isOwn ? undefined : options.layers?.map(({ layer }) => layer);
  const book = BOOK_CONTRIBUTIONS.map(({ layer }) => layer);
  const needsBook = options.layers === undefined && !mixes;
  if (needsBook && !isOwn) {
    const own = backboneNamed(name)
      .architecture()
      .map((layer) => layer.name);
    if (!book.every((layer) => own.includes(layer))) throw withoutBook(name, own);
  }
  const backbone = await loadBackbone(name, {
    ...weightsSource({ dataDir, offline }, report),
    ...(weights !== undefined && { weights }),
    ...(preprocessing !== undefined && { preprocessing }),
    layers: chosen ?? (needsBook && !isOwn ? book : []),
    signal,
  });
  if (needsBook && isOwn) {
    if (backbone.layers.length === 0) throw noLayers(name, backbone.unusable);
    throw withoutBook(
      name,
      backbone.layers.map((layer) => layer.name),
    );
  }
  return backbone;
}

function withoutBook(name: string, layers: readonly string[]): InputError {
  const some = layers
    .slice(Math.floor(layers.length / 2))
    .slice(0, 5)
    .map((layer) => writtenName({ layer }));
  return new OptionError(
    words`${option('layers')}: the book's layers are not in ${name}; choose some of its layers, such as ${some.join(', ')} (all of them: ${commandLine(['models', 'layers', pathWord(name)])})`,
  );
}
