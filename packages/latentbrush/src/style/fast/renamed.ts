import { renamed } from '../../renamed.ts';
import { resume, train } from './train.ts';

/** @deprecated Use `train`. */
export const trainFast = renamed(train, { old: 'style.trainFast', now: 'style.train' });
/** @deprecated Use `resume`. */
export const resumeFast = renamed(resume, { old: 'style.resumeFast', now: 'style.resume' });
