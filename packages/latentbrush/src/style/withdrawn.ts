import { withdrawn } from '../renamed.ts';
import * as memory from './memory.ts';

/** @deprecated It is for the library itself; the next version removes it. */
export const checkMemory = withdrawn(memory.checkMemory, 'style.checkMemory');
