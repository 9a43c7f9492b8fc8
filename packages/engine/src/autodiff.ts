import { GradientError, ShapeError } from './errors.ts';
import { formatShape, sameShape } from './graph/dtype.ts';
import { zeros } from './graph/ndarray.ts';
import { constant, type Tensor } from './graph/tensor.ts';
import { add } from './ops/arithmetic.ts';

/** One application of a rule: an operator's node or a computation with its own gradient. */
interface Application {
  readonly id: number;
  readonly name: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  /**
   * Computes the gradient of each input (at least of the wanted ones) from the gradients of the used outputs;
   * `undefined`: no rule.
   */
  readonly rule:
    | ((dys: readonly (Tensor | undefined)[], wanted: readonly boolean[]) => readonly (Tensor | undefined)[])
    | undefined;
}

function applicationOf({ source }: Tensor): Application | undefined {
  if (source.kind === 'custom') {
    const { id, name, inputs, outputs, gradient } = source.call;
    return { id, name, inputs, outputs, rule: gradient };
  }
  if (source.kind !== 'node') return undefined;
  const { id, operator, inputs, outputs, attributes } = source.node;
  const rule: Application['rule'] =
    operator.gradient &&
    ((dys, wanted) => {
      const all = outputs.map((output, i) => dys[i] ?? zeroGradient(output)) as [Tensor, ...Tensor[]];
      return operator.gradient?.(all, { inputs, outputs, attributes, wanted }) ?? [];
    });
  return { id, name: operator.type, inputs, outputs, rule };
}

/**
 * Gradients of a scalar with respect to tensors it is computed from: ∂loss / ∂tensor, each of that tensor's shape.
 * Reverse-mode differentiation; the result is built of the same operators and can be differentiated again. A tensor the
 * loss does not depend on has gradient zero.
 *
 * @param loss float32 scalar
 * @throws ShapeError when the loss is not a float32 scalar
 * @throws GradientError when an operator between them has no gradient rule; the message shows the path
 */
export function grad(loss: Tensor, tensors: readonly Tensor[]): Tensor[] {
  if (loss.dtype !== 'float32' || loss.shape.length > 0) {
    throw new ShapeError(
      `grad: the loss must be a float32 scalar, but it is a ${loss.toString()}; reduce it first`,
    );
  }
  return vjp([loss], [constant(1)], tensors);
}

/** The value and its gradients together: `{ value: loss, gradients: grad(loss, tensors) }`. */
export function valueAndGrad(
  loss: Tensor,
  tensors: readonly Tensor[],
): { value: Tensor; gradients: Tensor[] } {
  return { value: loss, gradients: grad(loss, tensors) };
}

/**
 * Vector-Jacobian product: Σ over outputs of cotangentᵀ · ∂output / ∂tensor, for each tensor.
 * @param cotangents one for each output, of the same shape
 */
export function vjp(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  tensors: readonly Tensor[],
): Tensor[] {
  const gradients = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, gradient: Tensor, by: string): void => {
    if (!sameShape(tensor.shape, gradient.shape)) {
      throw new ShapeError(
        `${by}: its gradient rule gave ${formatShape(gradient.shape)} for an input of shape ${formatShape(tensor.shape)}`,
      );
    }
    const sum = gradients.get(tensor);
    gradients.set(tensor, sum === undefined ? gradient : add(sum, gradient));
  };
  outputs.forEach((output, i) => {
    const cotangent = cotangents[i];
    if (cotangent !== undefined) accumulate(output, cotangent, 'vjp');
  });

  const { order, needed } = applicationsBetween(outputs, tensors);
  for (const application of order.reverse()) {
    const { inputs, outputs: results, name, rule } = application;
    if (!results.some((result) => gradients.has(result))) continue;
    if (rule === undefined) throw new GradientError(missingRule(application, tensors, needed));
    const dys = results.map((result) => gradients.get(result));
    const wanted = inputs.map((tensor) => tensor !== undefined && needed.has(tensor));
    rule(dys, wanted).forEach((gradient, i) => {
      const tensor = inputs[i];
      if (gradient !== undefined && tensor !== undefined && wanted[i] === true)
        accumulate(tensor, gradient, name);
    });
  }
  return tensors.map((tensor) => gradients.get(tensor) ?? zeroGradient(tensor));
}

function zeroGradient({ shape }: Tensor): Tensor {
  return constant(zeros(shape, 'float32'));
}

/**
 * The applications between the tensors and the outputs, in topological order, and every value between them:
 * everything else is pruned.
 */
function applicationsBetween(
  outputs: readonly Tensor[],
  tensors: readonly Tensor[],
): { order: Application[]; needed: ReadonlySet<Tensor> } {
  const reached = new Map<number, Application>();
  const pending = [...outputs];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const application = applicationOf(tensor);
    if (application === undefined || reached.has(application.id)) continue;
    reached.set(application.id, application);
    for (const input of application.inputs) if (input !== undefined) pending.push(input);
  }
  const needed = new Set(tensors);
  const order = [...reached.values()]
    .sort((a, b) => a.id - b.id)
    .filter(({ inputs, outputs: results }) => {
      if (!inputs.some((input) => input !== undefined && needed.has(input))) return false;
      for (const result of results) needed.add(result);
      return true;
    });
  return { order, needed };
}

function missingRule(
  application: Application,
  tensors: readonly Tensor[],
  needed: ReadonlySet<Tensor>,
): string {
  const path = [application.name];
  let current: Application | undefined = application;
  while (current !== undefined) {
    const next: Tensor | undefined = current.inputs.find((input) => input !== undefined && needed.has(input));
    if (next === undefined) break;
    if (tensors.includes(next)) {
      path.push(next.source.kind === 'input' ? `input "${next.source.name}"` : next.toString());
      break;
    }
    current = applicationOf(next);
    if (current !== undefined) path.push(current.name);
  }
  return `grad: operator ${application.name} has no gradient rule; it is between the loss and ${path.slice(1).join(' <- ')}`;
}

/**
 * Returns a function that reports whether a tensor is computed from another. It caches its answers, so all tensors of a large graph need
 * only one pass.
 * @example
 * const seesPicture = dependence(picture);
 * seesPicture(relu(conv2d(picture, kernel))); // true
 */
export function dependence(on: Tensor): (tensor: Tensor) => boolean {
  const known = new Map<Tensor, boolean>([[on, true]]);
  return (tensor) => {
    const pending = [tensor];
    for (let last = pending.at(-1); last !== undefined; last = pending.at(-1)) {
      const inputs = (applicationOf(last)?.inputs ?? []).filter((each) => each !== undefined);
      const open = known.has(last) ? [] : inputs.filter((each) => !known.has(each));
      if (open.length > 0) {
        pending.push(...open);
        continue;
      }
      if (!known.has(last))
        known.set(
          last,
          inputs.some((each) => known.get(each) === true),
        );
      pending.pop();
    }
    return known.get(tensor) === true;
  };
}
