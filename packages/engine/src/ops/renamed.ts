import { unrolledGru, unrolledLstm } from './recurrent.ts';

// Old names, which still work in this version. The next version removes them.

/** @deprecated It is not a layer (`nn.lstm` is): use `unrolledLstm`. */
export const lstm = unrolledLstm;
/** @deprecated It is not a layer (`nn.gru` is): use `unrolledGru`. */
export const gru = unrolledGru;
