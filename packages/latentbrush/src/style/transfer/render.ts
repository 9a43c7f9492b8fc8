import { InputError, Random } from '@latentbrush/engine';
import { PixelObjective, type Backbone, type PixelEvaluation } from '../../pretrained/index.ts';
import { inColor, maskOf, resize, withColorsOf, type Picture } from '../../image/index.ts';
import { counted } from '../../counted.ts';
import { afterOptions, parseOptions, takeSignal, type Stoppable } from '../../options.ts';
import type { StyleEvent, StylePlace } from './events.ts';
import { checkMemory, estimateMemory } from '../memory.ts';
import { measureContent, styleTerms } from './loss.ts';
import {
  styleOptions,
  resolveStyle,
  type ResolvedStyle,
  type StyleInput,
  type StyleOptions,
} from './options.ts';
import {
  adamOptimizer,
  LEAST_LBFGS_EVALUATIONS,
  lbfgsOptimizer,
  type PixelOptimizer,
} from './pixel-optimizer.ts';
import type { Perception } from '../perception.ts';
import { perceptionOf } from '../presets.ts';
import { enlarged, pyramidLevels, withBorder, withoutBorder, type Level } from './pyramid.ts';
import { checkSizes, checkStyleSize, sizeOfStyle } from './sizes.ts';
import { styleParts, type StylePicture } from './style-parts.ts';
import { grey } from './grey.ts';
import { option, OptionError, words } from '../../words.ts';

/**
 * Repaints a picture in the style of others (Gatys, Ecker & Bethge 2015): its pixels are optimised towards the features of the content and
 * the Gram matrices of the style. Yields progress and the picture after each round.
 *
 * The same pictures, options and thread count give the same result.
 *
 * @param backbone the network that compares pictures
 * @param styles one or more
 * @param options see `styleOptions`
 * @param options.signal ends after the current evaluation, with the picture so far
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not fit, a layer does not exist, a picture is too small, or memory would
 * run out
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const content = await image.readPicture('cat.jpg');
 * const styles = [{ picture: await image.readPicture('wave.jpg') }];
 * for await (const event of style.paint(network, content, styles, { height: 96, rounds: 1, evaluations: 2 })) {
 *   if (event.type === 'evaluation') console.log(event.evaluation, event.loss);
 *   if (event.type === 'done') await image.writePicture('painting.png', event.picture);
 * }
 */
export async function* paint(
  backbone: Backbone,
  content: Picture,
  styles: readonly StylePicture[],
  options: StyleInput & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<StyleEvent, void, undefined> {
  const { given, signal } = takeSignal(options, afterOptions(deprecatedSignal));
  yield* paintChecked(backbone, content, styles, parseOptions(styleOptions, given), signal);
}

/**
 * {@link paint} with options that are already checked, as those of a job are.
 * @throws InputError when a layer does not exist, a picture is too small, or memory would run out
 */
export async function* paintChecked(
  backbone: Backbone,
  content: Picture,
  styles: readonly StylePicture[],
  options: StyleOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<StyleEvent, void, undefined> {
  const plan = planOf(backbone, content, styles, options);
  const { resolved, levels, width, memory } = plan;
  yield { type: 'start', height: resolved.height, width, rounds: resolved.rounds, memory };

  const evaluations = resolved.rounds * resolved.evaluations;
  let evaluation = 0;
  let rounds = 0;
  let painted: Picture | undefined;
  let shown: { readonly picture: Picture; readonly level: Level } | undefined;
  let place: StylePlace = { round: 0, evaluation: 0 };
  for (const level of levels) {
    const { objective, extended, finish } = await compileLevel(plan, level, content, styles);
    try {
      const pixels = startingPixels(painted, extended, resolved);
      const optimizer = optimizerFor(resolved);
      for (let round = 0; round < level.rounds; round++) {
        let reached: Pick<PixelEvaluation, 'loss' | 'terms'> | undefined;
        const evaluate = async (values: Float32Array): Promise<PixelEvaluation> => {
          const found = await objective.evaluate(values);
          if (reached === undefined) checkLoss(found);
          reached ??= { loss: found.loss, terms: found.terms }; // the start of the round
          return found;
        };
        const steps = optimizer.minimize(evaluate, pixels, resolved.evaluations, signal);
        for await (const step of steps) {
          pixels.set(step.pixels);
          reached = { loss: step.loss, terms: step.terms };
          place = { round: rounds + 1, evaluation: evaluation + step.evaluations };
          yield {
            type: 'evaluation',
            evaluation: place.evaluation,
            total: evaluations,
            loss: step.loss,
            picture: () => finish(pixels),
          };
        }
        // A round that was aborted before its first step does not count.
        if (signal?.aborted !== true || place.round === rounds + 1) {
          evaluation += resolved.evaluations;
          rounds += 1;
          painted = { ...extended, data: pixels };
          shown = { picture: finish(pixels), level };
          const { loss, terms } = reached!;
          const { height, width } = level;
          const { picture } = shown;
          yield { type: 'round', round: rounds, total: resolved.rounds, height, width, loss, terms, picture };
        }
        if (signal?.aborted === true) {
          const size = { height: resolved.height, width };
          const last = shown ?? { picture: finish(pixels), level };
          const picture =
            last.level === levels.at(-1) ? last.picture : whole(last.picture, content, size, resolved);
          yield { type: 'done', reason: 'aborted', picture, stoppedAt: place };
          return;
        }
      }
      if (level === levels.at(-1)) yield { type: 'done', reason: 'finished', picture: finish(pixels) };
    } finally {
      await objective.release();
    }
  }
}

/** What to paint: options, network and sizes that fit each other, and the memory that it takes. */
interface Plan {
  readonly resolved: ResolvedStyle;
  readonly perception: Perception;
  readonly weights: readonly number[];
  readonly levels: readonly Level[];
  readonly width: number;
  readonly memory: number;
}

/** @throws InputError when a layer does not exist, a picture is too small, or memory would run out */
function planOf(
  backbone: Backbone,
  content: Picture,
  styles: readonly StylePicture[],
  options: StyleOptions,
): Plan {
  const resolved = resolveStyle(backbone.name, options);
  const perception = perceptionOf(backbone, options, resolved);
  const weights = blendWeights(styles, resolved.styleBlend);
  checkMasks(styles);
  checkWeights(resolved);
  checkEvaluations(resolved);
  const width = Math.max(1, Math.round((content.width / content.height) * resolved.height));
  const levels = pyramidLevels(resolved.height, width, resolved.pyramid, resolved.rounds);
  checkSizes(perception, levels[0]!, resolved);
  for (const [index, { picture, name = nameOf(index) }] of styles.entries())
    checkStyleSize(perception, name, sizeOfStyle(picture, levels[0]!, resolved));
  const masks = styles.filter(({ mask }) => mask !== undefined).length;
  const memory = Math.max(
    estimateMemory(perception, resolved.height, width, resolved.border, 'painting', masks),
    ...styles.map(({ picture }) => {
      const size = sizeOfStyle(picture, levels.at(-1)!, resolved);
      return estimateMemory(perception, size.height, size.width, 0, 'looking');
    }),
  );
  checkMemory(memory, resolved.maxMemory);
  return { resolved, perception, weights, levels, width, memory };
}

/** One size of the painting, ready to optimise. */
interface CompiledLevel {
  readonly objective: PixelObjective;
  /** The content with its border. */
  readonly extended: Picture;
  /** The picture of pixels with their border. */
  readonly finish: (values: Float32Array) => Picture;
}

async function compileLevel(
  { resolved, perception, weights }: Plan,
  level: Level,
  content: Picture,
  styles: readonly StylePicture[],
): Promise<CompiledLevel> {
  const { border, keepColors, threads } = resolved;
  const target = resize(inColor(content), level);
  const parts = await styleParts(perception, styles, weights, target, level, resolved);
  const extended = withBorder(keepColors === 'luminance' ? grey(target) : target, border);
  const contentTarget = await measureContent(perception, extended, threads);
  const objective = await PixelObjective.compile(
    [1, 3, extended.height, extended.width],
    (pixels) => styleTerms(perception, contentTarget, parts, resolved, pixels),
    { threads },
  );
  const finish = (values: Float32Array): Picture => {
    const cut = withoutBorder({ ...extended, data: values.slice() }, border);
    return keepColors === 'luminance' ? withColorsOf(cut, target) : cut;
  };
  return { objective, extended, finish };
}

// A picture of a coarse size in the requested size; kept colours come from the content itself.
function whole(
  coarse: Picture,
  content: Picture,
  { height, width }: { readonly height: number; readonly width: number },
  { keepColors }: ResolvedStyle,
): Picture {
  const large = enlarged(coarse, height, width);
  return keepColors === 'luminance'
    ? withColorsOf(large, resize(inColor(content), { height, width }))
    : large;
}

// The start of the optimisation: the result of the coarser size, or the content, or noise.
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
  // With normalised losses, of the order of 1, the first step is as long as if pixels ran from -1 to 1.
  return lbfgsOptimizer(losses === 'book' ? 1 : 127.5);
}

function blendWeights(styles: readonly StylePicture[], given: readonly number[] | undefined): number[] {
  if (styles.length === 0) throw new InputError('style: no style picture was given; give at least one');
  if (given !== undefined && given.length !== styles.length) {
    throw new OptionError(
      words`${option('styleBlend')}: ${counted(given.length, 'weight was', 'weights were')} given for ${counted(styles.length, 'style picture')}; give one for each`,
    );
  }
  const weights = given ?? styles.map(() => 1);
  if (!weights.some((weight) => weight > 0))
    throw new OptionError(words`${option('styleBlend')}: all weights are 0; at least one must be greater`);
  return [...weights];
}

function nameOf(index: number): string {
  return `style ${index + 1}`;
}

/** @throws InputError when a style would be painted nowhere */
function checkMasks(styles: readonly StylePicture[]): void {
  for (const [index, { mask, maskName, name = nameOf(index) }] of styles.entries()) {
    if (mask !== undefined && maskOf(mask).data.every((value) => value === 0))
      throw new InputError(
        `${maskName ?? `mask ${index + 1}`}: it is all black, so ${name} would be painted nowhere; white marks where to paint`,
      );
  }
}

/** @throws InputError when all weights are 0, so that nothing would change */
function checkWeights({ contentWeight, styleWeight, tvWeight }: ResolvedStyle): void {
  if (contentWeight === 0 && styleWeight === 0 && tvWeight === 0)
    throw new OptionError(
      words`${option('contentWeight')}, ${option('styleWeight')} and ${option('tvWeight')}: all of them are 0, so nothing would be painted; give one that is greater`,
    );
}

/** @throws InputError when the optimiser could not move */
function checkEvaluations({ optimizer, evaluations }: ResolvedStyle): void {
  if (optimizer === 'lbfgs' && evaluations < LEAST_LBFGS_EVALUATIONS)
    throw new OptionError(
      words`${option('evaluations')}: ${evaluations} is too few for L-BFGS, which needs one to begin a round and one for a step; give at least ${LEAST_LBFGS_EVALUATIONS}, or choose ${option('optimizer')} adam`,
    );
}

/** @throws InputError when the gradient gives no descent direction */
function checkLoss({ loss, terms, gradient }: PixelEvaluation): void {
  if (Number.isFinite(loss) && gradient.every(Number.isFinite)) return;
  const culprits = Object.keys(terms).filter((name) => !Number.isFinite(terms[name]));
  throw new InputError(
    `loss: ${culprits.length === 0 ? 'it or its gradient' : culprits.join(', ')} is NaN or infinite; lower the weights, or choose other layers`,
  );
}
