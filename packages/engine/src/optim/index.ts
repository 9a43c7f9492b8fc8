export { adam, type AdamOptions } from './adam.ts';
export {
  clipGradients,
  initialSlots,
  type Clipping,
  type NamedTensors,
  type Optimizer,
} from './optimizer.ts';
export { rmsprop, type RmspropOptions } from './rmsprop.ts';
export { shardsOf } from './shards.ts';
export { sgd, type SgdOptions } from './sgd.ts';
export { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts';
export {
  lbfgs,
  LbfgsMemory,
  type LbfgsIteration,
  type LbfgsObjective,
  type LbfgsOptions,
  type LbfgsReason,
  type LbfgsResult,
} from './lbfgs.ts';
