import { normalizeAxis } from '../../../graph/shapes.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
import { gather } from '../../../ops/index.ts';
import { Pad } from '../../../ops/pad.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Pad in all its modes. */
export const pads: Translators = { Pad: pad };

const MAX_LENGTH = 2 ** 24; // borders by repetition are written out as a list of indices

function pad(node: ImportedNode): Tensor {
  const x = node.input(0);
  const mode = node.choice('mode', 'constant', 'reflect', 'edge', 'wrap');
  const amounts = amountsOf(node, x);
  if (mode === 'constant' || mode === 'reflect') {
    const value = node.optionalFloat('value'); // an attribute before opset 11
    const filling = value === undefined || value === 0 ? node.optional(2) : constant(value);
    return Pad.apply([x, amounts, filling], { mode });
  }
  node.ignore('value');
  const list = node.ints('pads') ?? expandedPads(node, x) ?? [];
  return x.shape.reduce((y, size, axis) => {
    const [before, after] = [list[axis] ?? 0, list[axis + x.rank] ?? 0];
    const length = size + before + after;
    if (before === 0 && after === 0) return y;
    if (length < 1 || length > MAX_LENGTH || size < 1) node.fail(`cannot pad ${size} elements to ${length}`);
    const sources = Array.from({ length }, (_, place) =>
      mode === 'edge' ? Math.min(Math.max(place - before, 0), size - 1) : modulo(place - before, size),
    );
    return gather(y, indices(sources), axis);
  }, x);
}

function modulo(value: number, size: number): number {
  return ((value % size) + size) % size;
}

// The pads for the engine's operator. Before opset 11 they were an attribute.
function amountsOf(node: ImportedNode, x: Tensor): Tensor {
  const attribute = node.ints('pads');
  if (attribute !== undefined) return indices(attribute);
  if (!node.has(3)) return node.integerTensor(1, 'the pads') ?? node.fail('lacks the pads');
  return indices(expandedPads(node, x) ?? []);
}

// Since opset 18 the pads can be those of only some axes.
function expandedPads(node: ImportedNode, x: Tensor): readonly number[] | undefined {
  const given = node.integers(1, 'the pads');
  const axes = node.integers(3, 'the axes')?.map((axis) => normalizeAxis('Pad', axis, x.rank));
  if (given === undefined || axes === undefined) return given;
  if (given.length !== 2 * axes.length) node.fail(`has ${given.length} pads for ${axes.length} axes`);
  const amounts = Array.from({ length: 2 * x.rank }, () => 0);
  axes.forEach((axis, i) => {
    amounts[axis] = given[i] ?? 0;
    amounts[axis + x.rank] = given[i + axes.length] ?? 0;
  });
  return amounts;
}
