import { DropoutMasks } from './dropout-masks.ts';
import { spectralNorm, type SpectralNormOptions } from './spectral-norm.ts';

// Old names, which still work in this version and go with the next one.

/** @deprecated It is no layer but the masks of all dropout layers: use `DropoutMasks`. */
export const Dropout = DropoutMasks;
/** @deprecated Use `DropoutMasks`. */
export type Dropout = DropoutMasks;

/** @deprecated Use `spectralNorm`, as PyTorch calls it. */
export const spectrallyNormalized = spectralNorm;
/** @deprecated It is no layer but the options of `spectralNorm`: use `SpectralNormOptions`. */
export type SpectralNormalization = SpectralNormOptions;
