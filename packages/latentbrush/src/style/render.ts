import { InputError, Random } from '@latentbrush/engine';
import { PixelObjective, type Backbone } from '../backbones/index.ts';
import { luminance, maskOf, matchHistogram, resize, withColorsOf, type Picture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import type { StyleEvent } from './events.ts';
import { checkMemory, estimateMemory } from './memory.ts';
import { blend, measureContent, measureStyle, styleTerms, type StylePart } from './objective.ts';
import { styleOptions, type StyleInput, type StyleOptions } from './options.ts';
import { adamOptimizer, lbfgsOptimizer, type PixelOptimizer } from './pixel-optimizer.ts';
import { perceptionOf, presetOf, type Preset } from './presets.ts';
import { enlarged, pyramidLevels, withBorder, withoutBorder, type Level } from './pyramid.ts';
import type { Perception } from './perception.ts';

/** A style picture, and where it is to be painted. */
export interface StylePicture {
  readonly picture: Picture;
  /** White where the style goes; everywhere when left out. Of any size: it is stretched over the content. */
  readonly mask?: Picture | undefined;
}

/** Options with the preset of the backbone filled in. */
export type ResolvedStyle = Omit<StyleOptions, keyof Preset> & Preset;

/** Fills in what suits the backbone where a person chose nothing. */
export function resolveStyle(backbone: string, options: StyleOptions): ResolvedStyle {
  const chosen = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...presetOf(backbone), ...chosen } as ResolvedStyle;
}

/**
 * Repaints a picture in the style of others (Gatys, Ecker & Bethge 2015): its pixels are optimised until a network sees the
 * features of the content and the Gram matrices of the style. Yields progress and the picture after each round.
 *
 * The same pictures, options and thread count give the same result.
 *
 * @param backbone the network that compares pictures
 * @param styles one or more
 * @param options see `styleOptions`
 * @param signal ends after the current evaluation, with the picture so far
 * @throws InputError when options do not fit, a layer does not exist, a picture is too small, or memory would run out
 */
export async function* paint(
  backbone: Backbone,
  content: Picture,
  styles: readonly StylePicture[],
  options: StyleInput = {},
  signal?: AbortSignal,
): AsyncGenerator<StyleEvent, void, undefined> {
  const parsed = parseOptions(styleOptions, options);
  const resolved = resolveStyle(backbone.name, parsed);
  const perception = perceptionOf(backbone, resolved, resolved);
  const weights = blendWeights(styles, resolved.styleBlend);
  const width = Math.max(1, Math.round((content.width / content.height) * resolved.height));
  const levels = pyramidLevels(resolved.height, width, resolved.pyramid, resolved.rounds);
  checkSizes(perception, levels[0]!, resolved);
  const memory = estimateMemory(perception, resolved.height, width, resolved.border);
  checkMemory(memory, resolved.maxMemory);
  yield { type: 'start', height: resolved.height, width, rounds: resolved.rounds, memory };

  const evaluations = resolved.rounds * resolved.evaluations;
  let evaluation = 0;
  let rounds = 0;
  let painted: Picture | undefined;
  for (const level of levels) {
    const target = resize(content, level);
    const base = resolved.keepColors === 'luminance' ? grey(target) : target;
    const parts = await styleParts(perception, styles, weights, target, level, resolved);
    const extended = withBorder(base, resolved.border);
    const contentTarget = await measureContent(perception, extended, resolved.threads);
    const shape = [1, 3, extended.height, extended.width];
    const objective = await PixelObjective.compile(
      shape,
      (pixels) => styleTerms(perception, contentTarget, parts, resolved, pixels),
      { threads: resolved.threads },
    );
    try {
      let pixels = startingPixels(painted, extended, resolved);
      const optimizer = optimizerFor(resolved);
      const finish = (values: Float32Array): Picture => {
        const whole: Picture = { ...extended, data: values.slice() };
        const cut = withoutBorder(whole, resolved.border);
        return resolved.keepColors === 'luminance' ? withColorsOf(cut, target) : cut;
      };
      for (let round = 0; round < level.rounds; round++) {
        let last = await objective.evaluate(pixels);
        const evaluate = async (values: Float32Array): Promise<typeof last> =>
          (last = await objective.evaluate(values));
        const steps = optimizer.minimize(evaluate, pixels, resolved.evaluations, signal);
        for await (const step of steps) {
          pixels = step.pixels.slice();
          yield {
            type: 'evaluation',
            evaluation: evaluation + step.evaluations,
            total: evaluations,
            loss: last.loss,
          };
        }
        evaluation += resolved.evaluations;
        rounds += 1;
        painted = { ...extended, data: pixels };
        const { loss, terms } = last;
        yield {
          type: 'round',
          round: rounds,
          total: resolved.rounds,
          height: level.height,
          width: level.width,
          loss,
          terms,
          picture: finish(pixels),
        };
        if (signal?.aborted === true) {
          yield { type: 'done', reason: 'aborted', picture: finish(pixels) };
          return;
        }
      }
      if (level === levels.at(-1)) yield { type: 'done', reason: 'finished', picture: finish(pixels) };
    } finally {
      await objective.release();
    }
  }
}

// What optimisation starts from: what the coarser size came to, or the content, or noise.
function startingPixels(
  painted: Picture | undefined,
  extended: Picture,
  { init, seed, border, height }: ResolvedStyle,
): Float32Array {
  if (painted !== undefined) {
    const inner = withoutBorder(painted, border);
    return withBorder(
      enlarged(inner, extended.height - 2 * border, extended.width - 2 * border),
      border,
    ).data.slice();
  }
  if (init === 'content') return extended.data.slice();
  const random = new Random(seed).fork(`noise at height ${height}`);
  const noise = new Float32Array(extended.data.length);
  random.fillUniform(noise, 0, 255);
  return noise;
}

function optimizerFor({ optimizer, learningRate, losses }: ResolvedStyle): PixelOptimizer {
  if (optimizer === 'adam') return adamOptimizer(learningRate);
  // Normalised losses are of the order of 1; scaled up, the first step of L-BFGS is one that can be seen.
  return lbfgsOptimizer(
    losses === 'book' ? { pixelScale: 1, lossScale: 1 } : { pixelScale: 127.5, lossScale: 1000 },
  );
}

function blendWeights(styles: readonly StylePicture[], given: readonly number[] | undefined): number[] {
  if (styles.length === 0) throw new InputError('style: no style picture was given; give at least one');
  if (given !== undefined && given.length !== styles.length) {
    throw new InputError(
      `--style-blend: ${given.length} weights were given for ${styles.length} style pictures; give one for each`,
    );
  }
  const weights = given ?? styles.map(() => 1);
  if (!weights.some((weight) => weight > 0))
    throw new InputError('--style-blend: all weights are 0; at least one must be greater');
  return [...weights];
}

// Without masks all styles are painted everywhere, which is painting their mean; with masks each in its place.
async function styleParts(
  perception: Perception,
  styles: readonly StylePicture[],
  weights: readonly number[],
  content: Picture,
  { height, width }: Level,
  { styleSize, keepColors, losses, border, threads }: ResolvedStyle,
): Promise<StylePart[]> {
  const parts: StylePart[] = [];
  for (const [index, { picture, mask }] of styles.entries()) {
    // The book stretches the style picture to the size of the content; elsewhere it keeps its proportions.
    const stretched = losses === 'book' && styleSize === 1;
    const factor = (styleSize * Math.max(height, width)) / Math.max(picture.height, picture.width);
    const scaled = resize(picture, {
      height: stretched ? height : Math.max(1, Math.round(picture.height * factor)),
      width: stretched ? width : Math.max(1, Math.round(picture.width * factor)),
    });
    const colored =
      keepColors === 'histogram'
        ? matchHistogram(scaled, content)
        : keepColors === 'luminance'
          ? matchedGrey(scaled, content)
          : scaled;
    parts.push({
      matrices: await measureStyle(perception, colored, threads),
      weight: weights[index]!,
      mask: mask === undefined ? undefined : borderedMask(mask, height, width, border),
    });
  }
  return parts.some(({ mask }) => mask !== undefined) ? parts : [blend(parts)];
}

function borderedMask(
  mask: Picture,
  height: number,
  width: number,
  border: number,
): NonNullable<StylePart['mask']> {
  const { data } = maskOf(mask, height, width);
  return withBorder({ channels: 1, height, width, data }, border);
}

/** Three planes of the luminance. */
function grey(source: Picture): Picture {
  const { data, height, width } = luminance(source);
  const planes = new Float32Array(3 * data.length);
  for (let channel = 0; channel < 3; channel++) planes.set(data, channel * data.length);
  return { channels: 3, height, width, data: planes };
}

// The luminance of the style brought to mean and deviation of the content's: Gatys et al. 2016, section 4.
function matchedGrey(style: Picture, content: Picture): Picture {
  const own = moments(luminance(style).data);
  const wanted = moments(luminance(content).data);
  const result = grey(style);
  const scale = own.deviation > 0 ? wanted.deviation / own.deviation : 1;
  return { ...result, data: result.data.map((value) => (value - own.mean) * scale + wanted.mean) };
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function checkSizes(
  { backbone, contentLayer, styleLayers, enlargement }: Perception,
  coarsest: Level,
  { border }: ResolvedStyle,
): void {
  const smallest = Math.ceil(backbone.smallestSize([contentLayer, ...styleLayers]) / enlargement);
  const shorter = Math.min(coarsest.height, coarsest.width) + 2 * border;
  if (shorter < smallest) {
    throw new InputError(
      `--height: at ${coarsest.width}x${coarsest.height} ${backbone.name} has no output at the layers asked for; the shorter side must be at least ${smallest - 2 * border} pixels`,
    );
  }
}
