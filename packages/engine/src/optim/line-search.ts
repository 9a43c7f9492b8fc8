/** A point on the search line: step length, value and slope there, and the gradient vector. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  /** Directional derivative dᵀ∇f(x + step · d). */
  readonly slope: number;
  readonly gradient: Float32Array;
}

export interface WolfeOptions {
  /** Sufficient decrease: f(step) <= f(0) + c1 · step · slope(0). */
  readonly c1: number;
  /** Curvature: |slope(step)| <= c2 · |slope(0)|. */
  readonly c2: number;
  /** Maximum number of evaluations of the line search. */
  readonly maxEvaluations: number;
}

/** The result of a line search: the best point, and whether it fulfils the strong Wolfe conditions. */
export interface LineSearchResult {
  readonly point: LinePoint;
  readonly wolfe: boolean;
}

/**
 * Line search for a step that fulfils the strong Wolfe conditions: first the step grows until an interval must contain
 * one, then the interval shrinks (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithms 3.5 and 3.6). Trial
 * steps are minima of the cubic through two points (ibid., 3.59), kept away from the ends of the interval. Values that are
 * not finite count as too large.
 *
 * @param evaluate value, slope and gradient at a step length
 * @param start the point at step 0; its slope is negative
 * @param firstStep first trial
 */
export async function strongWolfe(
  evaluate: (step: number) => Promise<LinePoint>,
  start: LinePoint,
  firstStep: number,
  { c1, c2, maxEvaluations }: WolfeOptions,
): Promise<LineSearchResult> {
  const tooHigh = ({ step, value }: LinePoint): boolean => !(value <= start.value + c1 * step * start.slope);
  const flat = ({ slope }: LinePoint): boolean => Math.abs(slope) <= c2 * Math.abs(start.slope);
  let evaluations = 0;
  const at = (step: number): Promise<LinePoint> => {
    evaluations += 1;
    return evaluate(step);
  };

  let previous = start;
  let point = await at(firstStep);
  let bracket: [low: LinePoint, high: LinePoint] | undefined;
  for (;;) {
    if (tooHigh(point) || (previous !== start && !(point.value < previous.value))) {
      bracket = [previous, point];
      break;
    }
    if (flat(point)) return { point, wolfe: true };
    if (point.slope >= 0) {
      bracket = [point, previous];
      break;
    }
    if (evaluations >= maxEvaluations) return { point, wolfe: false };
    // extrapolate, by at least a tenth and at most tenfold
    const next = cubicMinimum(
      previous,
      point,
      point.step + 0.01 * (point.step - previous.step),
      10 * point.step,
    );
    previous = point;
    point = await at(next);
  }

  let [low, high] = bracket;
  while (
    evaluations < maxEvaluations &&
    Math.abs(high.step - low.step) * Math.abs(low.slope) > 1e-12 * Math.abs(low.value)
  ) {
    const [left, right] = low.step < high.step ? [low.step, high.step] : [high.step, low.step];
    const margin = 0.1 * (right - left);
    const trial =
      Number.isFinite(high.value) && Number.isFinite(high.slope)
        ? cubicMinimum(low, high, left + margin, right - margin)
        : (left + right) / 2;
    const middle = await at(trial);
    if (tooHigh(middle) || !(middle.value < low.value)) {
      high = middle;
      continue;
    }
    if (flat(middle)) return { point: middle, wolfe: true };
    if (middle.slope * (high.step - low.step) >= 0) high = low;
    low = middle;
  }
  return { point: low, wolfe: false };
}

// Minimum of the cubic that has the values and slopes of two points, limited to [least, most]; their middle when there is
// none (Nocedal & Wright 3.59).
function cubicMinimum(a: LinePoint, b: LinePoint, least: number, most: number): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sign(b.step - a.step) * Math.sqrt(square);
  const minimum = b.step - ((b.step - a.step) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  return Number.isFinite(minimum) ? Math.min(Math.max(minimum, least), most) : (least + most) / 2;
}
