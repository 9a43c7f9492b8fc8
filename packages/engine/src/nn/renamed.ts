import { DropoutMasks } from './dropout-masks.ts';
import { spectralNorm, type SpectralNormOptions } from './spectral-norm.ts';

// Old names, which still work in this version. The next version removes them.

/** @deprecated It is not a layer; it contains the masks of all dropout layers: use `DropoutMasks`. */
export const Dropout = DropoutMasks;
/** @deprecated Use `DropoutMasks`. */
export type Dropout = DropoutMasks;

/** @deprecated Use `spectralNorm`, as PyTorch calls it. */
export const spectrallyNormalized = spectralNorm;
/** @deprecated It is not a layer; it contains the options of `spectralNorm`: use `SpectralNormOptions`. */
export type SpectralNormalization = SpectralNormOptions;
