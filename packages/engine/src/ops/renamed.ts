import { unrolledGru, unrolledLstm } from './recurrent.ts';

// Old names, which still work in this version and go with the next one.

/** @deprecated It is no layer, `nn.lstm` is: use `unrolledLstm`. */
export const lstm = unrolledLstm;
/** @deprecated It is no layer, `nn.gru` is: use `unrolledGru`. */
export const gru = unrolledGru;
