import { int64 } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import {
  cast,
  div,
  equal,
  expandDims,
  gather,
  gatherElements,
  logSoftmax,
  mul,
  neg,
  reduceSum,
  squeeze,
  where,
} from '../../../ops/index.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Losses that some exporters leave in a model. */
export const losses: Translators = {
  NegativeLogLikelihoodLoss: (node) => negativeLogLikelihood(node, node.input(0)),
  SoftmaxCrossEntropyLoss: (node) => {
    const logarithms = logSoftmax(node.input(0), 1);
    return [negativeLogLikelihood(node, logarithms), logarithms];
  },
};

// Logarithms [batch, classes, ...], targets [batch, ...]. The mean is one over the weights.
function negativeLogLikelihood(node: ImportedNode, logarithms: Tensor): Tensor {
  const reduction = node.choice('reduction', 'mean', 'sum', 'none');
  const ignored = node.optionalInt('ignore_index');
  const targets = node.input(1);
  const given = node.optional(2);
  const isIgnored = ignored === undefined ? undefined : equal(targets, constant(int64([ignored], [])));
  const classes = isIgnored === undefined ? targets : where(isIgnored, constant(int64([0], [])), targets);
  const chosen = squeeze(gatherElements(logarithms, expandDims(classes, [1]), 1), [1]);
  const ofClass = given === undefined ? cast(equal(classes, classes), 'float32') : gather(given, classes);
  const weights = isIgnored === undefined ? ofClass : where(isIgnored, 0, ofClass);
  const weighted = neg(mul(chosen, ofClass));
  const loss = isIgnored === undefined ? weighted : where(isIgnored, 0, weighted);
  if (reduction === 'none') return loss;
  return reduction === 'sum' ? reduceSum(loss) : div(reduceSum(loss), reduceSum(weights));
}
