import { formatShape, type Shape } from '../../../graph/dtype.ts';
import { indices, type Tensor } from '../../../graph/tensor.ts';
import { Resize } from '../../../ops/resize.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { resampleAxis, type Resampling } from './resampling.ts';
import type { Translators } from '../node/translator.ts';

/** Resize, and Upsample, its name before opset 10. */
export const resizes: Translators = {
  Upsample: (node) => {
    const x = node.input(0);
    const scales = node.floats('scales') ?? node.host(1, 'the scales')?.data ?? node.fail('lacks the scales');
    return resizeBy(node, x, { scales, mode: modeOf(node), ...ASYMMETRIC });
  },
  Resize: (node) => (node.opset < 11 ? resizes10(node) : resize(node)),
};

// The rule of Upsample and Resize-10: source = target / scale, rounded down for the nearest pixel.
const ASYMMETRIC = {
  coordinates: 'asymmetric',
  nearest: 'floor',
  cubicCoefficient: -0.75,
  excludeOutside: false,
} as const;

type Scaling = Resampling & { readonly sizes?: Shape; readonly scales?: readonly number[] };

function modeOf(node: ImportedNode): Resampling['mode'] {
  const mode = node.choice('mode', 'nearest', 'linear', 'bilinear', 'cubic');
  return mode === 'bilinear' ? 'linear' : mode;
}

function resizes10(node: ImportedNode): Tensor {
  const scales = node.host(1, 'the scales')?.data ?? node.fail('lacks the scales');
  return resizeBy(node, node.input(0), { scales, mode: modeOf(node), ...ASYMMETRIC });
}

function resize(node: ImportedNode): Tensor {
  const x = node.input(0);
  node.requireInt('antialias', 0, 'plain interpolation');
  node.choice('keep_aspect_ratio_policy', 'stretch');
  node.ignore('extrapolation_value'); // for tf_crop_and_resize
  const axes =
    node.ints('axes')?.map((axis) => (axis < 0 ? axis + x.rank : axis)) ?? x.shape.map((_, axis) => axis);
  const onAxes = (values: readonly number[] | undefined, others: (axis: number) => number) => {
    if (values === undefined || values.length === 0) return undefined;
    if (values.length !== axes.length)
      node.fail(`has ${values.length} scales or sizes for ${axes.length} axes`);
    return x.shape.map((_, axis) => values[axes.indexOf(axis)] ?? others(axis));
  };
  const sizes = onAxes(node.integers(3, 'the sizes'), (axis) => x.dimension(axis));
  const scales = onAxes(node.host(2, 'the scales')?.data, () => 1);
  return resizeBy(node, x, {
    ...(sizes === undefined ? {} : { sizes }),
    ...(scales === undefined ? {} : { scales }),
    mode: modeOf(node),
    coordinates: node.choice(
      'coordinate_transformation_mode',
      'half_pixel',
      'pytorch_half_pixel',
      'align_corners',
      'asymmetric',
      'half_pixel_symmetric',
    ),
    nearest: node.choice('nearest_mode', 'round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'),
    cubicCoefficient: node.float('cubic_coeff_a', -0.75),
    excludeOutside: node.int('exclude_outside', 0) === 1,
  });
}

function resizeBy(node: ImportedNode, x: Tensor, scaling: Scaling): Tensor {
  const { sizes, scales, ...resampling } = scaling;
  if ((sizes ?? scales)?.length !== x.rank)
    node.fail(`lacks one scale or size for each axis of ${formatShape(x.shape)}`);
  const target = x.shape.map((size, axis) => sizes?.[axis] ?? Math.floor(size * (scales?.[axis] ?? 1)));
  if (target.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    node.fail(`cannot make ${formatShape(target)} out of ${formatShape(x.shape)}`);
  }
  const ratios = x.shape.map((size, axis) => scales?.[axis] ?? (target[axis] ?? 1) / size);
  const exact = x.shape.every((size, axis) => size * (ratios[axis] ?? 1) === target[axis]);
  if (exact && suitsEngine(x, target, resampling)) {
    const coordinates =
      resampling.coordinates === 'pytorch_half_pixel' ? 'half_pixel' : resampling.coordinates;
    return Resize.apply([x, undefined, undefined, indices(target)], {
      mode: resampling.mode,
      coordinate_transformation_mode: coordinates,
      nearest_mode: resampling.nearest,
    });
  }
  return x.shape.reduce(
    (y, size, axis) =>
      size === target[axis] && ratios[axis] === 1
        ? y
        : resampleAxis(y, axis, target[axis] ?? 1, ratios[axis] ?? 1, resampling),
    x,
  );
}

// The engine's own operator, which is faster, has the gradient of these.
function suitsEngine(x: Tensor, target: Shape, { mode, coordinates, nearest }: Resampling): boolean {
  if (x.rank !== 4 || target[0] !== x.shape[0] || target[1] !== x.shape[1]) return false;
  if (mode === 'nearest') return coordinates === 'asymmetric' && nearest === 'floor';
  if (mode !== 'linear' || coordinates === 'half_pixel_symmetric') return false;
  return coordinates !== 'pytorch_half_pixel' || (target[2] !== 1 && target[3] !== 1);
}
